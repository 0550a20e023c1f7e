// Makes ycck.jpg (CMYK stored as YCCK, with an Adobe marker): cc make_ycck.c -ljpeg && ./a.out
#include <stdio.h>

#include <jpeglib.h>

int main(void) {
  struct jpeg_compress_struct codec;
  struct jpeg_error_mgr errors;
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  FILE *file = fopen("ycck.jpg", "wb");
  jpeg_stdio_dest(&codec, file);
  codec.image_width = 32;
  codec.image_height = 16;
  codec.input_components = 4;
  codec.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&codec);
  jpeg_set_colorspace(&codec, JCS_YCCK);
  jpeg_set_quality(&codec, 95, TRUE);
  jpeg_start_compress(&codec, TRUE);
  for (int y = 0; y < 16; y++) {
    JSAMPLE row[4 * 32];
    for (int x = 0; x < 32; x++) {
      row[4 * x] = 255 - 8 * x;
      row[4 * x + 1] = 255 - 15 * y;
      row[4 * x + 2] = 200;
      row[4 * x + 3] = 255 - 2 * x - 3 * y;
    }
    JSAMPROW rows[] = {row};
    jpeg_write_scanlines(&codec, rows, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  fclose(file);
  return 0;
}
