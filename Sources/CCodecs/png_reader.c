// PNG through libpng's classic interface: samples as stored, nothing scaled or composited.
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "codec_internal.h"

struct png_reader {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t size, offset;
  semblance_codec_report *report;  // of the call in progress
  jmp_buf failed;
};

static void on_error(png_structp png, png_const_charp message) {
  png_reader *reader = png_get_error_ptr(png);
  if (reader->report->status == SEMBLANCE_CODEC_OK) {
    semblance_report_failure(reader->report, SEMBLANCE_CODEC_DAMAGED, message);
  }
  longjmp(reader->failed, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  png_reader *reader = png_get_error_ptr(png);
  semblance_report_warning(reader->report, message);
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  png_reader *reader = png_get_io_ptr(png);
  if (count > reader->size - reader->offset) png_error(png, "the file ends too early");
  memcpy(target, reader->bytes + reader->offset, count);
  reader->offset += count;
}

static void copy_palette(png_reader *reader, semblance_picture_header *header) {
  png_colorp colors = NULL;
  int count = 0;
  png_bytep alphas = NULL;
  int alpha_count = 0;
  if (!png_get_PLTE(reader->png, reader->info, &colors, &count) || count < 1 || count > 256) {
    png_error(reader->png, "the palette is missing");
  }
  png_get_tRNS(reader->png, reader->info, &alphas, &alpha_count, NULL);
  header->palette_count = count;
  for (int i = 0; i < count; i++) {
    header->palette[4 * i] = colors[i].red;
    header->palette[4 * i + 1] = colors[i].green;
    header->palette[4 * i + 2] = colors[i].blue;
    header->palette[4 * i + 3] = alphas && i < alpha_count ? alphas[i] : 255;
  }
}

static void copy_transparent_color(png_reader *reader, semblance_picture_header *header) {
  png_color_16p color = NULL;
  if (!png_get_tRNS(reader->png, reader->info, NULL, NULL, &color) || !color) return;
  int is_gray = header->layout == SEMBLANCE_LAYOUT_GRAY;
  header->has_transparent_color = 1;
  header->transparent_color[0] = is_gray ? color->gray : color->red;
  header->transparent_color[1] = is_gray ? color->gray : color->green;
  header->transparent_color[2] = is_gray ? color->gray : color->blue;
}

static void read_header(png_reader *reader, uint64_t max_pixels,
                        semblance_picture_header *header) {
  png_read_info(reader->png, reader->info);
  png_uint_32 width, height;
  int bits, color_type;
  png_get_IHDR(reader->png, reader->info, &width, &height, &bits, &color_type, NULL, NULL, NULL);
  header->width = width;
  header->height = height;
  header->bits = bits;
  header->channels = png_get_channels(reader->png, reader->info);
  if ((uint64_t)width * height > max_pixels) {
    semblance_report_failure(reader->report, SEMBLANCE_CODEC_TOO_LARGE, "");
    png_error(reader->png, "too many pixels");
  }
  // Deflate shrinks at most about 1032 times: a shorter file cannot hold the picture, and memory
  // for it need not be taken.
  uint64_t stored = (uint64_t)height * (1 + png_get_rowbytes(reader->png, reader->info));
  if (stored / 1040 > reader->size) {
    png_error(reader->png, "the file is too short for a picture of its size");
  }
  switch (color_type) {
    case PNG_COLOR_TYPE_GRAY: header->layout = SEMBLANCE_LAYOUT_GRAY; break;
    case PNG_COLOR_TYPE_GRAY_ALPHA: header->layout = SEMBLANCE_LAYOUT_GRAY_ALPHA; break;
    case PNG_COLOR_TYPE_RGB: header->layout = SEMBLANCE_LAYOUT_RGB; break;
    case PNG_COLOR_TYPE_RGB_ALPHA: header->layout = SEMBLANCE_LAYOUT_RGBA; break;
    default: header->layout = SEMBLANCE_LAYOUT_INDEXED; break;
  }
  if (header->layout == SEMBLANCE_LAYOUT_INDEXED) {
    copy_palette(reader, header);
  } else if (!(color_type & PNG_COLOR_MASK_ALPHA)) {
    copy_transparent_color(reader, header);
  }
}

png_reader *semblance_png_open(const uint8_t *bytes, size_t size, uint64_t max_pixels,
                               semblance_picture_header *header, semblance_codec_report *report) {
  png_reader *reader = calloc(1, sizeof *reader);
  if (!reader) {
    semblance_report_failure(report, SEMBLANCE_CODEC_OUT_OF_MEMORY, "");
    return NULL;
  }
  reader->bytes = bytes;
  reader->size = size;
  reader->report = report;
  if (setjmp(reader->failed)) {
    semblance_png_close(reader);
    return NULL;
  }
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, on_error, on_warning);
  if (reader->png) reader->info = png_create_info_struct(reader->png);
  if (!reader->png || !reader->info) {
    semblance_report_failure(report, SEMBLANCE_CODEC_OUT_OF_MEMORY, "");
    semblance_png_close(reader);
    return NULL;
  }
  png_set_user_limits(reader->png, 0x7fffffff, 0x7fffffff);
#ifdef PNG_HANDLE_AS_UNKNOWN_SUPPORTED
  // Compressed texts and suggested palettes are never used and can swell a thousandfold.
  static const png_byte unused[] = "tEXt\0zTXt\0iTXt\0sPLT\0hIST";
  png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER, unused, 5);
#endif
  png_set_read_fn(reader->png, reader, read_bytes);
  read_header(reader, max_pixels, header);
  return reader;
}

semblance_codec_status semblance_png_read(png_reader *reader, uint8_t *samples,
                                          const semblance_picture_header *header,
                                          semblance_codec_report *report) {
  reader->report = report;
  if (setjmp(reader->failed)) return report->status;
  png_set_packing(reader->png);
  int passes = png_set_interlace_handling(reader->png);
  png_read_update_info(reader->png, reader->info);
  size_t stride = (size_t)header->width * header->channels * (header->bits == 16 ? 2 : 1);
  if (png_get_rowbytes(reader->png, reader->info) != stride) {
    png_error(reader->png, "the row size is unexpected");
  }
  // Later passes fill the gaps of earlier ones, so no byte may stay undefined.
  if (passes > 1) memset(samples, 0, stride * header->height);
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < header->height; y++) {
      png_read_row(reader->png, samples + y * stride, NULL);
    }
  }
  png_read_end(reader->png, reader->info);
  return report->status;
}

const uint8_t *semblance_png_icc_profile(png_reader *reader, size_t *size) {
  png_charp name;
  int method;
  png_bytep profile = NULL;
  png_uint_32 length = 0;
  if (!png_get_iCCP(reader->png, reader->info, &name, &method, &profile, &length)) return NULL;
  *size = length;
  return profile;
}

const uint8_t *semblance_png_exif(png_reader *reader, size_t *size) {
#ifdef PNG_eXIf_SUPPORTED
  png_bytep exif = NULL;
  png_uint_32 length = 0;
  if (!png_get_eXIf_1(reader->png, reader->info, &length, &exif)) return NULL;
  *size = length;
  return exif;
#else
  return NULL;
#endif
}

void semblance_png_close(png_reader *reader) {
  if (reader->png) png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}
