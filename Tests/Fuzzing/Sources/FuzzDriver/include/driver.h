#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H
// The entry point that the package manager gives an executable of this name.
int FuzzReaders_main(int argc, char **argv);
#endif
