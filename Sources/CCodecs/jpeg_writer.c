// JPEG encoding into memory, baseline with optimised Huffman tables.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "codec_internal.h"

enum { chunk_size = 1 << 15 };

typedef struct jpeg_writer {
  struct jpeg_compress_struct codec;
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr destination;
  semblance_bytes *output;
  semblance_codec_report *report;
  jmp_buf failed;
  JOCTET chunk[chunk_size];
} jpeg_writer;

static void on_error(j_common_ptr codec) {
  jpeg_writer *writer = codec->client_data;
  char message[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, message);
  if (writer->report->status == SEMBLANCE_CODEC_OK) {
    semblance_report_failure(writer->report, SEMBLANCE_CODEC_UNSUPPORTED, message);
  }
  longjmp(writer->failed, 1);
}

static void discard_message(j_common_ptr codec) { (void)codec; }

static void begin_chunk(j_compress_ptr codec) {
  jpeg_writer *writer = codec->client_data;
  writer->destination.next_output_byte = writer->chunk;
  writer->destination.free_in_buffer = chunk_size;
}

static void append_chunk(j_compress_ptr codec, size_t count) {
  jpeg_writer *writer = codec->client_data;
  if (!semblance_bytes_append(writer->output, writer->chunk, count)) {
    semblance_report_failure(writer->report, SEMBLANCE_CODEC_OUT_OF_MEMORY, "");
    longjmp(writer->failed, 1);
  }
}

static boolean on_full_chunk(j_compress_ptr codec) {
  append_chunk(codec, chunk_size);
  begin_chunk(codec);
  return TRUE;
}

static void end_chunk(j_compress_ptr codec) {
  append_chunk(codec, chunk_size - codec->dest->free_in_buffer);
}

static void compress(jpeg_writer *writer, const semblance_encoding *encoding) {
  j_compress_ptr codec = &writer->codec;
  int is_gray = encoding->layout == SEMBLANCE_LAYOUT_GRAY;
  codec->image_width = encoding->width;
  codec->image_height = encoding->height;
  codec->input_components = is_gray ? 1 : 3;
  codec->in_color_space = is_gray ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(codec);
  jpeg_set_quality(codec, encoding->quality, TRUE);
  codec->optimize_coding = TRUE;
  if (encoding->full_chroma && !is_gray) {
    codec->comp_info[0].h_samp_factor = 1;
    codec->comp_info[0].v_samp_factor = 1;
  }
  jpeg_start_compress(codec, TRUE);
  size_t stride = (size_t)encoding->width * codec->input_components;
  while (codec->next_scanline < codec->image_height) {
    JSAMPROW row = (JSAMPROW)(encoding->samples + (size_t)codec->next_scanline * stride);
    jpeg_write_scanlines(codec, &row, 1);
  }
  jpeg_finish_compress(codec);
}

semblance_codec_status semblance_jpeg_encode(
    const semblance_encoding *encoding, semblance_bytes *output, semblance_codec_report *report) {
  semblance_report_clear(report);
  if (encoding->layout != SEMBLANCE_LAYOUT_GRAY && encoding->layout != SEMBLANCE_LAYOUT_RGB) {
    semblance_report_failure(report, SEMBLANCE_CODEC_UNSUPPORTED,
                             "JPEG does not hold this kind of samples");
    return report->status;
  }
  jpeg_writer *writer = calloc(1, sizeof *writer);
  if (!writer) {
    semblance_report_failure(report, SEMBLANCE_CODEC_OUT_OF_MEMORY, "");
    return report->status;
  }
  writer->output = output;
  writer->report = report;
  writer->codec.err = jpeg_std_error(&writer->errors);
  writer->codec.client_data = writer;
  writer->errors.error_exit = on_error;
  writer->errors.output_message = discard_message;
  jpeg_writer *volatile held = writer;
  if (setjmp(writer->failed)) {
    semblance_bytes_free(output);
  } else {
    jpeg_create_compress(&writer->codec);
    writer->destination.init_destination = begin_chunk;
    writer->destination.empty_output_buffer = on_full_chunk;
    writer->destination.term_destination = end_chunk;
    writer->codec.dest = &writer->destination;
    compress(writer, encoding);
  }
  jpeg_destroy_compress(&held->codec);
  free(held);
  return report->status;
}
