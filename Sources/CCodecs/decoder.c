// Chooses the reader by signature and owns what is common to both.
#include <stdlib.h>
#include <string.h>

#include "codec_internal.h"

struct semblance_decoder {
  semblance_picture_header header;
  size_t sample_bytes;
  png_reader *png;
  jpeg_reader *jpeg;
  int was_read;
};

void semblance_report_clear(semblance_codec_report *report) { memset(report, 0, sizeof *report); }

void semblance_report_failure(semblance_codec_report *report, semblance_codec_status status,
                              const char *message) {
  report->status = status;
  strncpy(report->message, message, sizeof report->message - 1);
  report->message[sizeof report->message - 1] = 0;
}

void semblance_report_warning(semblance_codec_report *report, const char *message) {
  if (report->warning_count == 0) {
    strncpy(report->first_warning, message, sizeof report->first_warning - 1);
    report->first_warning[sizeof report->first_warning - 1] = 0;
  }
  if (report->warning_count < INT32_MAX) report->warning_count++;
}

semblance_decoder *semblance_decoder_open(
    const uint8_t *bytes, size_t size, uint64_t max_pixels, semblance_picture_header *header,
    semblance_codec_report *report) {
  static const uint8_t png_signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  semblance_report_clear(report);
  memset(header, 0, sizeof *header);
  int is_png = size >= 8 && memcmp(bytes, png_signature, 8) == 0;
  int is_jpeg = size >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
  if (!is_png && !is_jpeg) {
    semblance_report_failure(report, SEMBLANCE_CODEC_NOT_A_PICTURE, "");
    return NULL;
  }
  header->format = is_png ? SEMBLANCE_FORMAT_PNG : SEMBLANCE_FORMAT_JPEG;
  semblance_decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder) {
    semblance_report_failure(report, SEMBLANCE_CODEC_OUT_OF_MEMORY, "");
    return NULL;
  }
  if (is_png) {
    decoder->png = semblance_png_open(bytes, size, max_pixels, header, report);
  } else {
    decoder->jpeg = semblance_jpeg_open(bytes, size, max_pixels, header, report);
  }
  if (!decoder->png && !decoder->jpeg) {
    free(decoder);
    return NULL;
  }
  size_t total = 0;
  if (__builtin_mul_overflow((size_t)header->width, (size_t)header->height, &total) ||
      __builtin_mul_overflow(
          total, (size_t)header->channels * (header->bits == 16 ? 2 : 1), &total) ||
      total > PTRDIFF_MAX) {
    semblance_report_failure(report, SEMBLANCE_CODEC_TOO_LARGE, "");
    semblance_decoder_close(decoder);
    return NULL;
  }
  decoder->header = *header;
  decoder->sample_bytes = total;
  return decoder;
}

size_t semblance_decoder_sample_bytes(const semblance_decoder *decoder) {
  return decoder->sample_bytes;
}

semblance_codec_status semblance_decoder_read(
    semblance_decoder *decoder, uint8_t *samples, size_t capacity,
    semblance_codec_report *report) {
  if (decoder->was_read || capacity < decoder->sample_bytes) {
    semblance_report_failure(report, SEMBLANCE_CODEC_DAMAGED, "the decoder was used wrongly");
    return report->status;
  }
  decoder->was_read = 1;
  return decoder->png
             ? semblance_png_read(decoder->png, samples, &decoder->header, report)
             : semblance_jpeg_read(decoder->jpeg, samples, &decoder->header, report);
}

const uint8_t *semblance_decoder_icc_profile(semblance_decoder *decoder, size_t *size) {
  *size = 0;
  return decoder->png ? semblance_png_icc_profile(decoder->png, size) : NULL;
}

const uint8_t *semblance_decoder_exif(semblance_decoder *decoder, size_t *size) {
  *size = 0;
  return decoder->png ? semblance_png_exif(decoder->png, size) : NULL;
}

void semblance_decoder_close(semblance_decoder *decoder) {
  if (!decoder) return;
  if (decoder->png) semblance_png_close(decoder->png);
  if (decoder->jpeg) semblance_jpeg_close(decoder->jpeg);
  free(decoder);
}
