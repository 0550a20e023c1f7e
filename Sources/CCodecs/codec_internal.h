#ifndef SEMBLANCE_CODEC_INTERNAL_H
#define SEMBLANCE_CODEC_INTERNAL_H
// Shared by the readers and writers of this target only.
#include "CCodecs.h"

typedef struct png_reader png_reader;
typedef struct jpeg_reader jpeg_reader;

png_reader *semblance_png_open(const uint8_t *bytes, size_t size, uint64_t max_pixels,
                               semblance_picture_header *header, semblance_codec_report *report);
semblance_codec_status semblance_png_read(png_reader *reader, uint8_t *samples,
                                          const semblance_picture_header *header,
                                          semblance_codec_report *report);
const uint8_t *semblance_png_icc_profile(png_reader *reader, size_t *size);
const uint8_t *semblance_png_exif(png_reader *reader, size_t *size);
void semblance_png_close(png_reader *reader);

jpeg_reader *semblance_jpeg_open(const uint8_t *bytes, size_t size, uint64_t max_pixels,
                                 semblance_picture_header *header, semblance_codec_report *report);
semblance_codec_status semblance_jpeg_read(jpeg_reader *reader, uint8_t *samples,
                                           const semblance_picture_header *header,
                                           semblance_codec_report *report);
void semblance_jpeg_close(jpeg_reader *reader);

void semblance_report_clear(semblance_codec_report *report);
void semblance_report_failure(semblance_codec_report *report, semblance_codec_status status,
                              const char *message);
void semblance_report_warning(semblance_codec_report *report, const char *message);

// 1 when `bytes` grew to hold `count` more, 0 when memory is out.
int semblance_bytes_append(semblance_bytes *bytes, const uint8_t *source, size_t count);
#endif
