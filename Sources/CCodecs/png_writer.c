// PNG encoding into memory: 8 bits per sample, no interlace.
#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "codec_internal.h"

enum { FAST_FROM_PIXELS = 1 << 22 };

typedef struct png_writer {
  png_structp png;
  png_infop info;
  semblance_bytes *output;
  semblance_codec_report *report;
  jmp_buf failed;
} png_writer;

static void on_error(png_structp png, png_const_charp message) {
  png_writer *writer = png_get_error_ptr(png);
  if (writer->report->status == SEMBLANCE_CODEC_OK) {
    semblance_report_failure(writer->report, SEMBLANCE_CODEC_UNSUPPORTED, message);
  }
  longjmp(writer->failed, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  png_writer *writer = png_get_error_ptr(png);
  semblance_report_warning(writer->report, message);
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
  png_writer *writer = png_get_io_ptr(png);
  if (!semblance_bytes_append(writer->output, source, count)) {
    semblance_report_failure(writer->report, SEMBLANCE_CODEC_OUT_OF_MEMORY, "");
    png_error(png, "out of memory");
  }
}

static void flush_bytes(png_structp png) { (void)png; }

static void describe(png_writer *writer, const semblance_encoding *encoding, int *channels) {
  int color_type = PNG_COLOR_TYPE_GRAY;
  *channels = 1;
  switch (encoding->layout) {
    case SEMBLANCE_LAYOUT_GRAY: break;
    case SEMBLANCE_LAYOUT_RGB: color_type = PNG_COLOR_TYPE_RGB; *channels = 3; break;
    case SEMBLANCE_LAYOUT_RGBA: color_type = PNG_COLOR_TYPE_RGB_ALPHA; *channels = 4; break;
    case SEMBLANCE_LAYOUT_INDEXED: color_type = PNG_COLOR_TYPE_PALETTE; break;
    default: png_error(writer->png, "PNG does not hold this kind of samples");
  }
  png_set_IHDR(writer->png, writer->info, encoding->width, encoding->height, 8, color_type,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (encoding->layout == SEMBLANCE_LAYOUT_INDEXED) {
    png_color colors[256];
    if (encoding->palette_count < 1 || encoding->palette_count > 256) {
      png_error(writer->png, "a palette has 1 to 256 colours");
    }
    memcpy(colors, encoding->palette, 3 * (size_t)encoding->palette_count);
    png_set_PLTE(writer->png, writer->info, colors, encoding->palette_count);
  }
  if (encoding->icc_profile && encoding->icc_profile_size > 0 &&
      encoding->icc_profile_size <= INT32_MAX) {
    png_set_iCCP(writer->png, writer->info, "ICC profile", PNG_COMPRESSION_TYPE_BASE,
                 encoding->icc_profile, (png_uint_32)encoding->icc_profile_size);
  }
#ifdef PNG_eXIf_SUPPORTED
  if (encoding->exif && encoding->exif_size > 0 && encoding->exif_size <= INT32_MAX) {
    png_set_eXIf_1(writer->png, writer->info, (png_uint_32)encoding->exif_size,
                   (png_bytep)encoding->exif);
  }
#endif
}

semblance_codec_status semblance_png_encode(
    const semblance_encoding *encoding, semblance_bytes *output, semblance_codec_report *report) {
  semblance_report_clear(report);
  png_writer writer = {.output = output, .report = report};
  // The structures hang on `writer`, whose address libpng holds, so they survive the jump.
  png_writer *volatile held = &writer;
  if (setjmp(writer.failed)) {
    png_destroy_write_struct(&held->png, &held->info);
    semblance_bytes_free(output);
    return report->status;
  }
  writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer, on_error, on_warning);
  if (writer.png) writer.info = png_create_info_struct(writer.png);
  if (!writer.png || !writer.info) {
    semblance_report_failure(report, SEMBLANCE_CODEC_OUT_OF_MEMORY, "");
    png_destroy_write_struct(&held->png, &held->info);
    return report->status;
  }
  png_set_user_limits(writer.png, 0x7fffffff, 0x7fffffff);
  png_set_benign_errors(writer.png, 1);
  png_set_write_fn(writer.png, &writer, write_bytes, flush_bytes);
  if (encoding->layout != SEMBLANCE_LAYOUT_INDEXED &&
      (uint64_t)encoding->width * encoding->height > FAST_FROM_PIXELS) {
    // A photo of 12 megapixels takes a fifth of the time and a fifth more space.
    png_set_compression_level(writer.png, 2);
    png_set_filter(writer.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
  }
  int channels = 0;
  describe(&writer, encoding, &channels);
  png_write_info(writer.png, writer.info);
  size_t stride = (size_t)encoding->width * channels;
  for (size_t y = 0; y < encoding->height; y++) {
    png_write_row(writer.png, encoding->samples + y * stride);
  }
  png_write_end(writer.png, writer.info);
  png_destroy_write_struct(&held->png, &held->info);
  return report->status;
}
