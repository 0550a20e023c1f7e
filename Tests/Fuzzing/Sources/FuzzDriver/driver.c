#include "driver.h"

#include <stddef.h>
#include <stdint.h>

// From libFuzzer and from FuzzReaders.swift.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*run)(const uint8_t *, size_t));
int LLVMFuzzerTestOneInput(const uint8_t *start, size_t count);

int FuzzReaders_main(int argc, char **argv) {
  return LLVMFuzzerRunDriver(&argc, &argv, LLVMFuzzerTestOneInput);
}
