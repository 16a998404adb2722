/* Writing a message, from its last byte to its first: the length of a part is known when its turn comes. */

typedef struct {
  uint8_t *start, *at, *end; /* written so far: at .. end */
  bool failed;
} sink;

#define FIRST_SINK 128u
#define LARGEST 0x3fffffffu

static __attribute__((noinline)) bool widen(sink *out, uint32_t count) {
  uint32_t used = (uint32_t)(out->end - out->at);
  uint32_t size = FIRST_SINK;
  if (out->failed || count > LARGEST - used) {
    out->failed = true;
    return false;
  }
  while (size < used + count) size *= 2;
  uint8_t *larger = parigot_alloc(size);
  if (!larger) {
    out->failed = true;
    return false;
  }
  out->start = larger;
  out->end = larger + size;
  if (used) __builtin_memcpy(out->end - used, out->at, used);
  out->at = out->end - used;
  return true;
}

static inline bool space(sink *out, uint32_t count) {
  return count <= (uint32_t)(out->at - out->start) || widen(out, count);
}

static __attribute__((noinline)) void put_varint(sink *out, uint64_t value) {
  uint32_t size = 1;
  for (uint64_t rest = value >> 7; rest; rest >>= 7) size++;
  if (!space(out, size)) return;
  uint8_t *at = out->at -= size;
  for (; value > 0x7f; value >>= 7) *at++ = (uint8_t)(value | 0x80);
  *at = (uint8_t)value;
}

static inline void put_raw(sink *out, const void *from, uint32_t count) {
  if (!count || !space(out, count)) return;
  out->at -= count;
  __builtin_memcpy(out->at, from, count);
}

static inline void put_tag(sink *out, uint32_t number, uint32_t wire) {
  put_varint(out, (uint64_t)number << 3 | wire);
}

static void put_fields(sink *out, const parigot_table *table, const uint8_t *message, int level);

/* A message's fields and their length; none at all for NULL. */
static void put_message(sink *out, const parigot_table *table, const uint8_t *message, int level) {
  uint32_t before = (uint32_t)(out->end - out->at);
  if (level > MOST_LEVELS) out->failed = true;
  else if (message) put_fields(out, table, message, level);
  put_varint(out, (uint32_t)(out->end - out->at) - before);
}

/* A value without its tag. */
static void put_value(sink *out, uint8_t kind, const uint8_t *at) {
  parigot_bytes bytes;
  int64_t number;
  switch ((parigot_kind)kind) {
    case PARIGOT_KIND_DOUBLE:
    case PARIGOT_KIND_FIXED64:
    case PARIGOT_KIND_SFIXED64:
      put_raw(out, at, 8);
      return;
    case PARIGOT_KIND_FLOAT:
    case PARIGOT_KIND_FIXED32:
    case PARIGOT_KIND_SFIXED32:
      put_raw(out, at, 4);
      return;
    case PARIGOT_KIND_INT64:
    case PARIGOT_KIND_UINT64:
      put_varint(out, LOAD(uint64_t, at));
      return;
    case PARIGOT_KIND_INT32:
    case PARIGOT_KIND_ENUM:
      put_varint(out, (uint64_t)(int64_t)LOAD(int32_t, at));
      return;
    case PARIGOT_KIND_UINT32:
      put_varint(out, LOAD(uint32_t, at));
      return;
    case PARIGOT_KIND_BOOL:
      put_varint(out, *at != 0);
      return;
    case PARIGOT_KIND_SINT32:
      number = LOAD(int32_t, at);
      put_varint(out, (uint32_t)((uint64_t)number << 1 ^ (uint64_t)(number >> 63)));
      return;
    case PARIGOT_KIND_SINT64:
      number = LOAD(int64_t, at);
      put_varint(out, (uint64_t)number << 1 ^ (uint64_t)(number >> 63));
      return;
    case PARIGOT_KIND_STRING:
    case PARIGOT_KIND_BYTES:
      bytes = LOAD(parigot_bytes, at);
      if (kind == PARIGOT_KIND_STRING && !is_utf8(bytes)) out->failed = true;
      put_raw(out, bytes.data, bytes.length);
      put_varint(out, bytes.length);
      return;
    case PARIGOT_KIND_MESSAGE:
      return;
  }
}

static void put_list(sink *out, const parigot_table_field *field, const uint8_t *at, int level) {
  parigot_list list = LOAD(parigot_list, at);
  uint32_t size = item_size(field), wire = wire_type(field->kind);
  const uint8_t *items = list.items;
  uint32_t before = (uint32_t)(out->end - out->at);
  for (uint32_t i = list.count; i-- > 0 && !out->failed;) {
    if (field->table) put_message(out, field->table, items + (size_t)i * size, level);
    else put_value(out, field->kind, items + (size_t)i * size);
    if (field->shape != PARIGOT_SHAPE_PACKED) put_tag(out, field->number, wire);
  }
  if (field->shape != PARIGOT_SHAPE_PACKED || !list.count) return;
  put_varint(out, (uint32_t)(out->end - out->at) - before);
  put_tag(out, field->number, PARIGOT_BYTES);
}

static bool is_set(const parigot_table_field *field, const uint8_t *message) {
  const uint8_t *at = message + field->offset;
  switch (field->shape) {
    case PARIGOT_SHAPE_ALWAYS:
      return true;
    case PARIGOT_SHAPE_OPTIONAL:
      return message[field->presence] != 0;
    case PARIGOT_SHAPE_ONEOF:
      return LOAD(uint32_t, message + field->presence) == field->number;
    default:
      break;
  }
  if (field->kind == PARIGOT_KIND_STRING || field->kind == PARIGOT_KIND_BYTES)
    return LOAD(parigot_bytes, at).length != 0;
  if (field->kind == PARIGOT_KIND_MESSAGE) return LOAD(void *, at) != NULL;
  switch (value_size(field->kind)) {
    case 1:
      return *at != 0;
    case 4:
      return LOAD(uint32_t, at) != 0;
    default:
      return LOAD(uint64_t, at) != 0;
  }
}

static void put_fields(sink *out, const parigot_table *table, const uint8_t *message, int level) {
  for (uint32_t i = table->count; i-- > 0 && !out->failed;) {
    const parigot_table_field *field = &table->fields[i];
    const uint8_t *at = message + field->offset;
    if (field->shape >= PARIGOT_SHAPE_REPEATED) {
      put_list(out, field, at, level + 1);
      continue;
    }
    if (!is_set(field, message)) continue;
    if (field->table) put_message(out, field->table, LOAD(const uint8_t *, at), level + 1);
    else put_value(out, field->kind, at);
    put_tag(out, field->number, wire_type(field->kind));
  }
}

parigot_bytes parigot_encode(const parigot_table *table, const void *message) {
  static const uint8_t empty[1];
  sink out = {0};
  put_fields(&out, table, message, 0);
  if (out.failed) return PARIGOT_NO_BYTES;
  uint32_t length = (uint32_t)(out.end - out.at);
  return (parigot_bytes){length ? out.at : empty, length};
}
