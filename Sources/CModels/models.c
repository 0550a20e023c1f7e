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
static const unsigned char cars_raise_body[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/raise-body.safetensors"
};
static const unsigned char cars_paint_beige[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-beige.safetensors"
};
static const unsigned char cars_paint_black[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-black.safetensors"
};
static const unsigned char cars_paint_blue[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-blue.safetensors"
};
static const unsigned char cars_paint_brown[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-brown.safetensors"
};
static const unsigned char cars_paint_darkred[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-darkred.safetensors"
};
static const unsigned char cars_paint_green[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-green.safetensors"
};
static const unsigned char cars_paint_grey[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-grey.safetensors"
};
static const unsigned char cars_paint_lightblue[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-lightblue.safetensors"
};
static const unsigned char cars_paint_lime[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-lime.safetensors"
};
static const unsigned char cars_paint_navy[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-navy.safetensors"
};
static const unsigned char cars_paint_orange[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-orange.safetensors"
};
static const unsigned char cars_paint_purple[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-purple.safetensors"
};
static const unsigned char cars_paint_red[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-red.safetensors"
};
static const unsigned char cars_paint_silver[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-silver.safetensors"
};
static const unsigned char cars_paint_teal[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-teal.safetensors"
};
static const unsigned char cars_paint_white[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-white.safetensors"
};
static const unsigned char cars_paint_yellow[] __attribute__((aligned(64))) = {
#embed "../../edit-vectors/cars/paint-yellow.safetensors"
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
    FILE_OF("cars", "raise-body", cars_raise_body),
    FILE_OF("cars", "paint-beige", cars_paint_beige),
    FILE_OF("cars", "paint-black", cars_paint_black),
    FILE_OF("cars", "paint-blue", cars_paint_blue),
    FILE_OF("cars", "paint-brown", cars_paint_brown),
    FILE_OF("cars", "paint-darkred", cars_paint_darkred),
    FILE_OF("cars", "paint-green", cars_paint_green),
    FILE_OF("cars", "paint-grey", cars_paint_grey),
    FILE_OF("cars", "paint-lightblue", cars_paint_lightblue),
    FILE_OF("cars", "paint-lime", cars_paint_lime),
    FILE_OF("cars", "paint-navy", cars_paint_navy),
    FILE_OF("cars", "paint-orange", cars_paint_orange),
    FILE_OF("cars", "paint-purple", cars_paint_purple),
    FILE_OF("cars", "paint-red", cars_paint_red),
    FILE_OF("cars", "paint-silver", cars_paint_silver),
    FILE_OF("cars", "paint-teal", cars_paint_teal),
    FILE_OF("cars", "paint-white", cars_paint_white),
    FILE_OF("cars", "paint-yellow", cars_paint_yellow),
};

const semblance_shipped_file *semblance_shipped_files(size_t *count) {
  *count = sizeof files / sizeof files[0];
  return files;
}
