/* Answers as NVIDIA's management library does: two GPUs, or an error where TUNESMITH_TEST_NVML says one. */
#include <stdio.h>
#include <stdlib.h>

typedef struct { unsigned long long total, free, used; } memory_t;

int nvmlInit_v2(void) {
  const char *code = getenv("TUNESMITH_TEST_NVML");
  return code ? atoi(code) : 0;
}
const char *nvmlErrorString(int code) { return code == 18 ? "Driver/library version mismatch" : "Unknown"; }
int nvmlSystemGetDriverVersion(char *text, unsigned size) { snprintf(text, size, "550.54.15"); return 0; }
int nvmlSystemGetCudaDriverVersion_v2(int *version) { *version = 12040; return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
  *handle = (void *)(0x7f0000000000UL + index);
  return 0;
}
int nvmlDeviceGetName(void *handle, char *text, unsigned size) {
  snprintf(text, size, "NVIDIA H100 #%lu", (unsigned long)handle & 0xff);
  return 0;
}
int nvmlDeviceGetMemoryInfo(void *handle, memory_t *memory) {
  memory->total = 85520809984ULL;
  memory->free = 84000000000ULL;
  memory->used = memory->total - memory->free;
  return handle ? 0 : 2;
}
