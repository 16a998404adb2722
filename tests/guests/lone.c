/* A module that knows nothing of parigot: one line to stdout by WASI, and exit code 7. */
#include <stdint.h>

typedef struct {
  const char *data;
  uint32_t length;
} vector;

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))

WASI("fd_write") int32_t fd_write(int32_t fd, const vector *vectors, uint32_t count, uint32_t *written);
WASI("proc_exit") _Noreturn void proc_exit(int32_t code);

static const char line[] = "alone and fine\n";

void _start(void) {
  uint32_t written;
  fd_write(1, &(vector){line, sizeof line - 1}, 1, &written);
  proc_exit(7);
}
