#ifndef SEMBLANCE_CMODELS_H
#define SEMBLANCE_CMODELS_H
// The demo models and stored edit vectors, compiled into the program: they are found wherever the
// binary is moved to, and cost nothing until they are read.
#include <stddef.h>

typedef struct {
  const char *domain;
  const char *name;  // empty for a model, the vector's name for a vector
  const unsigned char *bytes;
  size_t count;
} semblance_shipped_file;

// The files, models first; `count` receives how many there are.
const semblance_shipped_file *semblance_shipped_files(size_t *count);
#endif
