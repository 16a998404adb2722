/* What encoding and decoding have in common. Everything is little-endian, like the wire. */

#define MOST_LEVELS 100

/* By kind: how a value is written, and its size in a struct. */
static const struct {
  uint8_t wire, size;
} kinds[] = {
    [PARIGOT_KIND_DOUBLE] = {PARIGOT_FIXED64, 8},
    [PARIGOT_KIND_FLOAT] = {PARIGOT_FIXED32, 4},
    [PARIGOT_KIND_INT64] = {PARIGOT_VARINT, 8},
    [PARIGOT_KIND_UINT64] = {PARIGOT_VARINT, 8},
    [PARIGOT_KIND_INT32] = {PARIGOT_VARINT, 4},
    [PARIGOT_KIND_FIXED64] = {PARIGOT_FIXED64, 8},
    [PARIGOT_KIND_FIXED32] = {PARIGOT_FIXED32, 4},
    [PARIGOT_KIND_BOOL] = {PARIGOT_VARINT, sizeof(bool)},
    [PARIGOT_KIND_STRING] = {PARIGOT_BYTES, sizeof(parigot_bytes)},
    [PARIGOT_KIND_BYTES] = {PARIGOT_BYTES, sizeof(parigot_bytes)},
    [PARIGOT_KIND_UINT32] = {PARIGOT_VARINT, 4},
    [PARIGOT_KIND_SFIXED32] = {PARIGOT_FIXED32, 4},
    [PARIGOT_KIND_SFIXED64] = {PARIGOT_FIXED64, 8},
    [PARIGOT_KIND_SINT32] = {PARIGOT_VARINT, 4},
    [PARIGOT_KIND_SINT64] = {PARIGOT_VARINT, 8},
    [PARIGOT_KIND_ENUM] = {PARIGOT_VARINT, 4},
    [PARIGOT_KIND_MESSAGE] = {PARIGOT_BYTES, sizeof(void *)},
};

static inline uint32_t value_size(uint8_t kind) { return kinds[kind].size; }
static inline uint32_t wire_type(uint8_t kind) { return kinds[kind].wire; }

/* How an item lies in a list. */
static inline uint32_t item_size(const parigot_table_field *field) {
  return field->table ? field->table->size : value_size(field->kind);
}

/* Lists, pointers and texts are copied out and in: the structs around them have other types than ours. */
#define LOAD(type, at) \
  ({ \
    type loaded_; \
    __builtin_memcpy(&loaded_, at, sizeof loaded_); \
    loaded_; \
  })
#define STORE(type, at, value) \
  do { \
    type stored_ = (value); \
    __builtin_memcpy(at, &stored_, sizeof stored_); \
  } while (0)

static __attribute__((noinline)) bool is_utf8(parigot_bytes text) {
  const uint8_t *at = text.data, *end = at + text.length;
  while (at < end) {
    while (end - at >= 8 && !(LOAD(uint64_t, at) & 0x8080808080808080ull)) at += 8;
    if (at == end) break;
    uint8_t first = *at++;
    if (first < 0x80) continue;
    uint32_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || (uint32_t)(end - at) < more) return false;
    uint8_t second = *at; /* overlong forms, surrogates, and what lies behind U+10FFFF */
    if (first == 0xe0 && second < 0xa0) return false;
    if (first == 0xed && second > 0x9f) return false;
    if (first == 0xf0 && second < 0x90) return false;
    if (first == 0xf4 && second > 0x8f) return false;
    for (; more; more--)
      if ((*at++ & 0xc0) != 0x80) return false;
  }
  return true;
}
