#ifndef SEMBLANCE_PROCESSORS_H
#define SEMBLANCE_PROCESSORS_H
// Processors that this process may run on (its affinity mask where there is one).
int semblance_processor_count(void);
#endif
