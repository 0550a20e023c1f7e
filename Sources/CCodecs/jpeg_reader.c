// JPEG through libjpeg. The library's own error handler ends the process; this one jumps back.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "codec_internal.h"

// A progressive file may hold any number of scans, each costing a pass over the whole picture.
enum { max_scans = 200 };

struct jpeg_reader {
  struct jpeg_decompress_struct codec;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  semblance_codec_report *report;  // of the call in progress
  jmp_buf failed;
};

static void fail(j_common_ptr codec, semblance_codec_status status, const char *message) {
  jpeg_reader *reader = codec->client_data;
  semblance_report_failure(reader->report, status, message);
  longjmp(reader->failed, 1);
}

static void on_error(j_common_ptr codec) {
  char message[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, message);
  switch (codec->err->msg_code) {
    case JERR_OUT_OF_MEMORY: fail(codec, SEMBLANCE_CODEC_OUT_OF_MEMORY, message); break;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED: fail(codec, SEMBLANCE_CODEC_UNSUPPORTED, message); break;
    default: fail(codec, SEMBLANCE_CODEC_DAMAGED, message);
  }
}

static void on_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  char message[JMSG_LENGTH_MAX];
  jpeg_reader *reader = codec->client_data;
  codec->err->num_warnings++;
  codec->err->format_message(codec, message);
  semblance_report_warning(reader->report, message);
}

static void discard_message(j_common_ptr codec) { (void)codec; }

static void ignore_source(j_decompress_ptr codec) { (void)codec; }

// All bytes are in memory from the start: being asked for more means that the file is truncated.
static boolean on_end_of_bytes(j_decompress_ptr codec) {
  fail((j_common_ptr)codec, SEMBLANCE_CODEC_DAMAGED, "the file ends too early");
  return FALSE;
}

static void skip_bytes(j_decompress_ptr codec, long count) {
  if (count <= 0) return;
  if ((size_t)count > codec->src->bytes_in_buffer) on_end_of_bytes(codec);
  codec->src->next_input_byte += count;
  codec->src->bytes_in_buffer -= count;
}

static void on_progress(j_common_ptr codec) {
  if (((j_decompress_ptr)codec)->input_scan_number > max_scans) {
    fail(codec, SEMBLANCE_CODEC_DAMAGED, "it has more than 200 scans");
  }
}

static void read_header(jpeg_reader *reader, size_t size, uint64_t max_pixels,
                        semblance_picture_header *header) {
  j_decompress_ptr codec = &reader->codec;
  jpeg_read_header(codec, TRUE);
  header->width = codec->image_width;
  header->height = codec->image_height;
  header->bits = 8;
  uint64_t pixels = (uint64_t)codec->image_width * codec->image_height;
  if (pixels > max_pixels) fail((j_common_ptr)codec, SEMBLANCE_CODEC_TOO_LARGE, "");
  // A Huffman code takes at least one bit for each block of 64 pixels.
  if (!codec->arith_code && pixels / 1024 > size) {
    fail((j_common_ptr)codec, SEMBLANCE_CODEC_DAMAGED,
         "the file is too short for a picture of its size");
  }
  switch (codec->jpeg_color_space) {
    case JCS_GRAYSCALE:
      header->layout = SEMBLANCE_LAYOUT_GRAY;
      header->channels = 1;
      codec->out_color_space = JCS_GRAYSCALE;
      break;
    case JCS_RGB:
    case JCS_YCbCr:
      header->layout = SEMBLANCE_LAYOUT_RGB;
      header->channels = 3;
      codec->out_color_space = JCS_RGB;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      header->layout = SEMBLANCE_LAYOUT_CMYK;
      header->channels = 4;
      codec->out_color_space = JCS_CMYK;
      break;
    default:
      fail((j_common_ptr)codec, SEMBLANCE_CODEC_UNSUPPORTED, "its colour space is unknown");
  }
}

jpeg_reader *semblance_jpeg_open(const uint8_t *bytes, size_t size, uint64_t max_pixels,
                                 semblance_picture_header *header,
                                 semblance_codec_report *report) {
  jpeg_reader *reader = calloc(1, sizeof *reader);
  if (!reader) {
    semblance_report_failure(report, SEMBLANCE_CODEC_OUT_OF_MEMORY, "");
    return NULL;
  }
  reader->report = report;
  reader->codec.err = jpeg_std_error(&reader->errors);
  reader->codec.client_data = reader;
  reader->errors.error_exit = on_error;
  reader->errors.emit_message = on_message;
  reader->errors.output_message = discard_message;
  if (setjmp(reader->failed)) {
    semblance_jpeg_close(reader);
    return NULL;
  }
  jpeg_create_decompress(&reader->codec);
  reader->source.init_source = ignore_source;
  reader->source.fill_input_buffer = on_end_of_bytes;
  reader->source.skip_input_data = skip_bytes;
  reader->source.resync_to_restart = jpeg_resync_to_restart;
  reader->source.term_source = ignore_source;
  reader->source.next_input_byte = bytes;
  reader->source.bytes_in_buffer = size;
  reader->codec.src = &reader->source;
  reader->progress.progress_monitor = on_progress;
  reader->codec.progress = &reader->progress;
  read_header(reader, size, max_pixels, header);
  return reader;
}

semblance_codec_status semblance_jpeg_read(jpeg_reader *reader, uint8_t *samples,
                                           const semblance_picture_header *header,
                                           semblance_codec_report *report) {
  reader->report = report;
  if (setjmp(reader->failed)) return report->status;
  j_decompress_ptr codec = &reader->codec;
  jpeg_start_decompress(codec);
  if (codec->output_width != header->width || codec->output_height != header->height ||
      codec->output_components != header->channels) {
    fail((j_common_ptr)codec, SEMBLANCE_CODEC_DAMAGED, "the decoded size is unexpected");
  }
  size_t stride = (size_t)header->width * header->channels;
  while (codec->output_scanline < codec->output_height) {
    JSAMPROW row = samples + (size_t)codec->output_scanline * stride;
    jpeg_read_scanlines(codec, &row, 1);
  }
  jpeg_finish_decompress(codec);
  return report->status;
}

void semblance_jpeg_close(jpeg_reader *reader) {
  jpeg_destroy_decompress(&reader->codec);
  free(reader);
}
