#ifndef SEMBLANCE_CCODECS_H
#define SEMBLANCE_CCODECS_H
// PNG and JPEG over libpng and libjpeg. Both libraries leave a failed call by longjmp; every jump
// starts and ends on this side. All functions take memory, never files, and keep no state.
#include <stddef.h>
#include <stdint.h>

typedef enum semblance_codec_status : int32_t {
  SEMBLANCE_CODEC_OK = 0,
  SEMBLANCE_CODEC_NOT_A_PICTURE,  // neither a PNG nor a JPEG signature
  SEMBLANCE_CODEC_DAMAGED,        // truncated or contradictory bytes
  SEMBLANCE_CODEC_TOO_LARGE,      // more pixels than the caller allows; header has the size
  SEMBLANCE_CODEC_UNSUPPORTED,    // a valid file of a kind that is not read or written
  SEMBLANCE_CODEC_OUT_OF_MEMORY
} semblance_codec_status;

typedef enum semblance_file_format : int32_t {
  SEMBLANCE_FORMAT_NONE = 0,
  SEMBLANCE_FORMAT_PNG,
  SEMBLANCE_FORMAT_JPEG
} semblance_file_format;

typedef enum semblance_sample_layout : int32_t {
  SEMBLANCE_LAYOUT_GRAY = 0,
  SEMBLANCE_LAYOUT_GRAY_ALPHA,
  SEMBLANCE_LAYOUT_RGB,
  SEMBLANCE_LAYOUT_RGBA,
  SEMBLANCE_LAYOUT_INDEXED,
  SEMBLANCE_LAYOUT_CMYK  // 255 means no ink, as all known writers store it
} semblance_sample_layout;

// What a file says about its samples. Samples are handed over as stored: sub-byte samples one per
// byte and not scaled, 16-bit samples big-endian, palette indices as they are.
typedef struct semblance_picture_header {
  semblance_file_format format;
  semblance_sample_layout layout;
  uint32_t width, height;
  int32_t channels;                // samples per pixel
  int32_t bits;                    // bits per sample in the file: 1, 2, 4, 8 or 16
  int32_t palette_count;           // INDEXED: number of entries
  uint8_t palette[256 * 4];        // INDEXED: red, green, blue, alpha
  int32_t has_transparent_color;   // GRAY, RGB: one colour means transparent
  uint16_t transparent_color[3];   // red, green, blue or grey three times, unscaled
} semblance_picture_header;

typedef struct semblance_codec_report {
  semblance_codec_status status;
  int32_t warning_count;
  char message[256];        // why it failed
  char first_warning[256];  // what the library overlooked
} semblance_codec_report;

typedef struct semblance_decoder semblance_decoder;

// Reads the header of `bytes`, which must outlive the decoder. NULL on failure: the report says
// why. A picture of more than `max_pixels` pixels is refused before memory is taken for it.
semblance_decoder *semblance_decoder_open(
    const uint8_t *bytes, size_t size, uint64_t max_pixels, semblance_picture_header *header,
    semblance_codec_report *report);

// Bytes that `semblance_decoder_read` writes: width * height * channels * (bits == 16 ? 2 : 1).
size_t semblance_decoder_sample_bytes(const semblance_decoder *decoder);

// Decodes all samples, rows top to bottom without padding. Once per decoder.
semblance_codec_status semblance_decoder_read(
    semblance_decoder *decoder, uint8_t *samples, size_t capacity, semblance_codec_report *report);

// Embedded colour profile and EXIF block of a PNG, complete after `semblance_decoder_read`; NULL
// when there is none, and for JPEG. They live as long as the decoder.
const uint8_t *semblance_decoder_icc_profile(semblance_decoder *decoder, size_t *size);
const uint8_t *semblance_decoder_exif(semblance_decoder *decoder, size_t *size);

void semblance_decoder_close(semblance_decoder *decoder);

// Bytes grown by the encoders; free with semblance_bytes_free.
typedef struct semblance_bytes {
  uint8_t *data;
  size_t size, capacity;
} semblance_bytes;

void semblance_bytes_free(semblance_bytes *bytes);

typedef struct semblance_encoding {
  semblance_sample_layout layout;  // GRAY, RGB; PNG also RGBA and INDEXED. 8 bits per sample
  uint32_t width, height;
  const uint8_t *samples;          // width * height * channels bytes
  const uint8_t *palette;          // INDEXED: red, green, blue
  int32_t palette_count;
  const uint8_t *icc_profile;      // PNG only; may be NULL
  size_t icc_profile_size;
  const uint8_t *exif;             // PNG only; may be NULL
  size_t exif_size;
  int32_t quality;                 // JPEG: 1...100
  int32_t full_chroma;             // JPEG: 4:4:4 instead of 4:2:0
} semblance_encoding;

semblance_codec_status semblance_png_encode(
    const semblance_encoding *encoding, semblance_bytes *output, semblance_codec_report *report);
semblance_codec_status semblance_jpeg_encode(
    const semblance_encoding *encoding, semblance_bytes *output, semblance_codec_report *report);
#endif
