// The few functions of MPI that a training needs. Swift does not see MPI_COMM_WORLD, a macro.
#include <mpi.h>
#include <stddef.h>

static inline void semblance_mpi_begin(int *rank, int *count) {
  int provided = 0;
  MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, rank);
  MPI_Comm_size(MPI_COMM_WORLD, count);
}

static inline void semblance_mpi_end(void) { MPI_Finalize(); }

static inline void semblance_mpi_exchange(const void *outgoing, void *incoming, int part_bytes) {
  MPI_Alltoall(outgoing, part_bytes, MPI_BYTE, incoming, part_bytes, MPI_BYTE, MPI_COMM_WORLD);
}

static inline void semblance_mpi_gather(const void *outgoing, void *incoming, int bytes) {
  MPI_Allgather(outgoing, bytes, MPI_BYTE, incoming, bytes, MPI_BYTE, MPI_COMM_WORLD);
}
