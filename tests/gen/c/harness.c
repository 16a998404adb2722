/* Reads and writes messages for a test, as a program of this machine: gets the number of a table, a length and
 * bytes; answers with 1, a length and the bytes of the message written again, or with 0 when it refuses.
 * The generated tables.h lists the tables. */
#include <stdio.h>
#include <stdlib.h>

#include "parigot_codec.h"
#include "tables.h"

typedef struct held {
  struct held *next;
  void *memory;
} held;

static held *all;

/* Every piece is exactly as large as was asked for, so that the sanitizer sees a step too far. */
void *parigot_alloc(uint32_t size) {
  held *one = malloc(sizeof *one);
  *one = (held){all, malloc(size ? size : 1)};
  all = one;
  return one->memory;
}

static void give_back(void) {
  while (all) {
    held *one = all;
    all = one->next;
    free(one->memory);
    free(one);
  }
}

static void answer(uint8_t good, parigot_bytes bytes) {
  fwrite(&good, 1, 1, stdout);
  fwrite(&bytes.length, 4, 1, stdout);
  if (bytes.length) fwrite(bytes.data, 1, bytes.length, stdout);
  fflush(stdout);
}

int main(void) {
  uint32_t head[2];
  while (fread(head, 4, 2, stdin) == 2) {
    const parigot_table *table = tables[head[0]];
    uint8_t *data = malloc(head[1]);
    if (fread(data, 1, head[1], stdin) != head[1]) return 1;
    void *message = malloc(table->size);
    bool good = parigot_decode(table, (parigot_bytes){data, head[1]}, message);
    parigot_bytes written = good ? parigot_encode(table, message) : PARIGOT_NO_BYTES;
    if (good && !written.data) return 2;
    answer(good, written);
    free(message);
    free(data);
    give_back();
  }
  return 0;
}
