#include "CModels.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char faces[] __attribute__((aligned(64))) = {
#embed "models/faces.safetensors"
};

static const unsigned char cars[] __attribute__((aligned(64))) = {
#embed "models/cars.safetensors"
};

static const semblance_shipped_file files[] = {
    {"faces", "", faces, sizeof faces},
    {"cars", "", cars, sizeof cars},
};

const semblance_shipped_file *semblance_shipped_files(size_t *count) {
  *count = sizeof files / sizeof files[0];
  return files;
}
