/* Memory: the functions that the compiler itself calls, and two bump allocators.
 *
 * Linear memory: the stack first (so that an overflow traps below address 0 and never reaches data), static
 * data, then blocks from memory.grow. The event's memory is a list of blocks that are kept and used again;
 * memory for good is cut off blocks of its own. Nothing is ever given back to the host. */

#define PAGE 65536u
#define ALIGN 16u

/* With bulk memory the builtins are single instructions; without it they would be calls of these functions. */
#if defined(__wasm_bulk_memory__) || defined(__wasm_bulk_memory_opt__)

void *memset(void *to, int byte, size_t count) { return __builtin_memset(to, byte, count); }
void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  return __builtin_memcpy(to, from, count);
}
void *memmove(void *to, const void *from, size_t count) { return __builtin_memmove(to, from, count); }

#else

void *memset(void *to, int byte, size_t count) {
  uint8_t *out = to;
  while (count--) *out++ = (uint8_t)byte;
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  uint8_t *out = to;
  const uint8_t *in = from;
  if (out <= in)
    while (count--) *out++ = *in++;
  else
    while (count--) out[count] = in[count];
  return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count) { return memmove(to, from, count); }

#endif

int memcmp(const void *left, const void *right, size_t count) {
  const uint8_t *a = left, *b = right;
  for (; count--; a++, b++)
    if (*a != *b) return *a - *b;
  return 0;
}

size_t strlen(const char *text) {
  const char *end = text;
  while (*end) end++;
  return (size_t)(end - text);
}

int strcmp(const char *left, const char *right) {
  while (*left && *left == *right) left++, right++;
  return (uint8_t)*left - (uint8_t)*right;
}

/* A copy of known, small or middling size: __builtin_memcpy becomes memory.copy, which is a call into the
 * host's runtime, so short runs are copied here. */
static __attribute__((noinline)) uint8_t *copy(uint8_t *to, const void *from, uint32_t count) {
  const uint8_t *in = from;
  if (count > 128) {
    __builtin_memcpy(to, from, count);
    return to + count;
  }
#pragma clang loop unroll(disable)
  while (count >= 8) {
    uint64_t word;
    __builtin_memcpy(&word, in, 8);
    __builtin_memcpy(to, &word, 8);
    to += 8, in += 8, count -= 8;
  }
#pragma clang loop unroll(disable)
  while (count--) *to++ = *in++;
  return to;
}

static uint8_t *grow(uint32_t size) {
  uint32_t pages = size / PAGE + (size % PAGE != 0);
  size_t before = __builtin_wasm_memory_grow(0, pages);
  return before == (size_t)-1 ? NULL : (uint8_t *)(before * PAGE);
}

static uint32_t aligned(uint32_t size) { return (size + ALIGN - 1) & ~(ALIGN - 1); }

static struct {
  uint8_t *at, *end;
} forever;

void *parigot_alloc_forever(uint32_t size) {
  if (size > 0x7fffffffu) return NULL;
  size = aligned(size);
  if (size > (uint32_t)(forever.end - forever.at)) {
    uint32_t wanted = size > PAGE ? size : PAGE;
    uint8_t *block = grow(wanted);
    if (!block) return NULL;
    forever.at = block;
    forever.end = block + (wanted + PAGE - 1) / PAGE * PAGE;
  }
  uint8_t *out = forever.at;
  forever.at += size;
  return out;
}

typedef struct block {
  struct block *next;
  uint32_t size; /* of the bytes after this header */
  uint32_t padding[2];
} block;

static struct {
  block *first, *now;
  uint8_t *at, *end;
} event_memory;

static void open_block(block *one) {
  event_memory.now = one;
  event_memory.at = (uint8_t *)(one + 1);
  event_memory.end = event_memory.at + one->size;
}

void *parigot_alloc(uint32_t size) {
  if (size > 0x7fffffffu) return NULL;
  size = aligned(size);
  while (size > (uint32_t)(event_memory.end - event_memory.at)) {
    block *next = event_memory.now ? event_memory.now->next : event_memory.first;
    if (!next || next->size < size) {
      uint32_t bytes = size + (uint32_t)sizeof(block);
      bytes = bytes / PAGE * PAGE + (bytes % PAGE ? PAGE : 0);
      block *made = (block *)grow(bytes);
      if (!made) return NULL;
      made->size = bytes - (uint32_t)sizeof(block);
      made->next = next;
      if (event_memory.now) event_memory.now->next = made;
      else event_memory.first = made;
      next = made;
    }
    open_block(next);
  }
  uint8_t *out = event_memory.at;
  event_memory.at += size;
  return out;
}

/* Takes back everything that parigot_alloc gave since the last time. */
static inline void end_event_memory(void) {
  if (event_memory.first) open_block(event_memory.first);
}

parigot_bytes parigot_text(const char *text) {
  return (parigot_bytes){(const uint8_t *)text, (uint32_t)strlen(text)};
}

bool parigot_same(parigot_bytes bytes, const char *text) {
  return strlen(text) == bytes.length && memcmp(bytes.data, text, bytes.length) == 0;
}

char *parigot_string(parigot_bytes bytes) {
  char *out = parigot_alloc(bytes.length + 1);
  if (!out) return "";
  copy((uint8_t *)out, bytes.data, bytes.length);
  out[bytes.length] = 0;
  return out;
}

int64_t parigot_number(const char *text) {
  bool minus = *text == '-';
  if (*text == '-' || *text == '+') text++;
  uint64_t value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (uint64_t)(*text++ - '0');
  return minus ? -(int64_t)value : (int64_t)value;
}
