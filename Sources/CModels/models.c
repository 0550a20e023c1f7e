#include "CModels.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char faces[] __attribute__((aligned(64))) = {
#embed "models/faces.safetensors"
};
static const unsigned char cars[] __attribute__((aligned(64))) = {
#embed "models/cars.safetensors"
};
static const unsigned char faces_layout[] __attribute__((aligned(64))) = {
#embed "models/faces-layout.safetensors"
};
static const unsigned char cars_layout[] __attribute__((aligned(64))) = {
#embed "models/cars-layout.safetensors"
};
static const unsigned char faces_smile[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/faces/smile.safetensors"
};
static const unsigned char faces_open_mouth[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/faces/open-mouth.safetensors"
};
static const unsigned char faces_close_eyes[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/faces/close-eyes.safetensors"
};
static const unsigned char faces_raise_brows[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/faces/raise-brows.safetensors"
};
static const unsigned char faces_look_left[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/faces/look-left.safetensors"
};
static const unsigned char cars_enlarge_wheels[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/enlarge-wheels.safetensors"
};
static const unsigned char cars_enlarge_headlights[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/enlarge-headlights.safetensors"
};
static const unsigned char cars_remove_plate[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/remove-plate.safetensors"
};

#define FILE_OF(domain, name, bytes) {domain, name, bytes, sizeof bytes}

static const semblance_shipped_file files[] = {
    FILE_OF("faces", "", faces),
    FILE_OF("cars", "", cars),
    FILE_OF("faces-layout", "", faces_layout),
    FILE_OF("cars-layout", "", cars_layout),
    FILE_OF("faces", "smile", faces_smile),
    FILE_OF("faces", "open-mouth", faces_open_mouth),
    FILE_OF("faces", "close-eyes", faces_close_eyes),
    FILE_OF("faces", "raise-brows", faces_raise_brows),
    FILE_OF("faces", "look-left", faces_look_left),
    FILE_OF("cars", "enlarge-wheels", cars_enlarge_wheels),
    FILE_OF("cars", "enlarge-headlights", cars_enlarge_headlights),
    FILE_OF("cars", "remove-plate", cars_remove_plate),
};

const semblance_shipped_file *semblance_shipped_files(size_t *count) {
  *count = sizeof files / sizeof files[0];
  return files;
}
