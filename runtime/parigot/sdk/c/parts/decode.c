/* Reading a message. The bytes are not trusted: every length is checked, nesting is bounded, and what is
 * allocated is bounded by what is read. */

typedef struct {
  const uint8_t *at, *end;
} source;

/* At most `most` bytes; what does not fit into 64 bits is dropped, as others do. */
static __attribute__((noinline)) bool take_varint_of(source *in, uint32_t most, uint64_t *value) {
  uint64_t result = 0;
  for (uint32_t shift = 0; shift < 7 * most && in->at < in->end; shift += 7) {
    uint8_t byte = *in->at++;
    result |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      *value = result;
      return true;
    }
  }
  return false;
}

static inline bool take_varint(source *in, uint64_t *value) { return take_varint_of(in, 10, value); }

static inline bool take_bytes(source *in, parigot_bytes *bytes) {
  uint64_t length;
  if (!take_varint_of(in, 5, &length) || length > (uint64_t)(in->end - in->at)) return false;
  *bytes = (parigot_bytes){in->at, (uint32_t)length};
  in->at += length;
  return true;
}

static inline bool take_tag(source *in, uint32_t *number, uint32_t *wire) {
  uint64_t tag;
  if (!take_varint_of(in, 5, &tag) || tag > UINT32_MAX || tag < 8) return false;
  *number = (uint32_t)(tag >> 3);
  *wire = (uint32_t)(tag & 7);
  return true;
}

/* Steps over a field that nobody knows; groups, which proto3 does not have, as a whole. */
static bool skip(source *in, uint32_t number, uint32_t wire, int level) {
  uint64_t ignored;
  parigot_bytes bytes;
  uint32_t inner, inner_wire;
  switch (wire) {
    case PARIGOT_VARINT:
      return take_varint(in, &ignored);
    case PARIGOT_BYTES:
      return take_bytes(in, &bytes);
    case PARIGOT_FIXED64:
    case PARIGOT_FIXED32: {
      uint32_t size = wire == PARIGOT_FIXED64 ? 8 : 4;
      if ((size_t)(in->end - in->at) < size) return false;
      in->at += size;
      return true;
    }
    case 3:
      if (level >= MOST_LEVELS) return false;
      for (;;) {
        if (!take_tag(in, &inner, &inner_wire)) return false;
        if (inner_wire == 4) return inner == number;
        if (!skip(in, inner, inner_wire, level + 1)) return false;
      }
    default:
      return false;
  }
}

/* A number, a text or bytes; not a message. */
static bool take_value(source *in, uint8_t kind, uint8_t *at) {
  uint64_t value;
  parigot_bytes bytes;
  uint32_t size = value_size(kind);
  switch (wire_type(kind)) {
    case PARIGOT_BYTES:
      if (!take_bytes(in, &bytes) || (kind == PARIGOT_KIND_STRING && !is_utf8(bytes))) return false;
      STORE(parigot_bytes, at, bytes);
      return true;
    case PARIGOT_VARINT:
      if (!take_varint(in, &value)) return false;
      if (kind == PARIGOT_KIND_BOOL) *at = value != 0;
      else if (kind == PARIGOT_KIND_SINT32) STORE(uint32_t, at, (uint32_t)value >> 1 ^ (0u - ((uint32_t)value & 1)));
      else if (kind == PARIGOT_KIND_SINT64) STORE(uint64_t, at, value >> 1 ^ (0ull - (value & 1)));
      else if (size == 4) STORE(uint32_t, at, (uint32_t)value);
      else STORE(uint64_t, at, value);
      return true;
    default:
      if ((size_t)(in->end - in->at) < size) return false;
      __builtin_memcpy(at, in->at, size);
      in->at += size;
      return true;
  }
}

/* Lists grow by doubling: there is always room for the next power of two of what is in them. */
static inline uint64_t list_room(uint32_t count) {
  return count < 2 ? count : 1ull << (64 - __builtin_clzll((uint64_t)count - 1));
}

/* Room for `more` items behind those of a list, as zeros. NULL: no memory. */
static uint8_t *extend(uint8_t *at, uint32_t size, uint32_t more) {
  parigot_list list = LOAD(parigot_list, at);
  uint64_t wanted = (uint64_t)list.count + more;
  if (wanted > list_room(list.count)) {
    uint64_t bytes = wanted > LARGEST ? ~0ull : list_room((uint32_t)wanted) * size;
    uint8_t *larger = bytes > LARGEST ? NULL : parigot_alloc((uint32_t)bytes);
    if (!larger) return NULL;
    if (list.count) __builtin_memcpy(larger, list.items, (size_t)list.count * size);
    list.items = larger;
  }
  uint8_t *fresh = (uint8_t *)list.items + (size_t)list.count * size;
  __builtin_memset(fresh, 0, (size_t)more * size);
  list.count = (uint32_t)wanted;
  STORE(parigot_list, at, list);
  return fresh;
}

static bool take_packed(parigot_bytes packed, const parigot_table_field *field, uint8_t *at) {
  source in = {packed.data, packed.data + packed.length};
  uint32_t size = value_size(field->kind), count = 0;
  if (!packed.length) return true;
  if (wire_type(field->kind) == PARIGOT_VARINT) {
    for (const uint8_t *byte = in.at; byte < in.end; byte++) count += *byte < 0x80;
    if (in.end[-1] >= 0x80) return false;
  } else {
    count = packed.length / size;
    if (count * size != packed.length) return false;
  }
  uint8_t *items = extend(at, size, count);
  if (!items) return false;
  for (; in.at < in.end; items += size)
    if (!take_value(&in, field->kind, items)) return false;
  return true;
}

static bool take_fields(source in, const parigot_table *table, uint8_t *message, int level, bool *maps);

/* A map's values are never NULL. */
static bool complete_entry(const parigot_table *entry, uint8_t *at) {
  const parigot_table_field *value = &entry->fields[1];
  if (value->kind != PARIGOT_KIND_MESSAGE || LOAD(void *, at + value->offset)) return true;
  void *made = parigot_alloc(value->table->size);
  if (!made) return false;
  __builtin_memset(made, 0, value->table->size);
  STORE(void *, at + value->offset, made);
  return true;
}

static bool take_message(source *in, const parigot_table_field *field, uint8_t *message, int level, bool *maps) {
  uint8_t *at = message + field->offset, *inner;
  parigot_bytes bytes;
  if (!take_bytes(in, &bytes) || level > MOST_LEVELS) return false;
  source part = {bytes.data, bytes.data + bytes.length};
  if (field->shape >= PARIGOT_SHAPE_REPEATED) {
    inner = extend(at, field->table->size, 1);
    *maps |= field->shape == PARIGOT_SHAPE_MAP;
    return inner && take_fields(part, field->table, inner, level, maps) &&
           (field->shape != PARIGOT_SHAPE_MAP || complete_entry(field->table, inner));
  }
  bool other = field->shape == PARIGOT_SHAPE_ONEOF && LOAD(uint32_t, message + field->presence) != field->number;
  inner = other ? NULL : LOAD(uint8_t *, at);
  if (!inner) {
    inner = parigot_alloc(field->table->size);
    if (!inner) return false;
    __builtin_memset(inner, 0, field->table->size);
    STORE(uint8_t *, at, inner);
  }
  return take_fields(part, field->table, inner, level, maps);
}

static const parigot_table_field *find_field(const parigot_table *table, uint32_t number) {
  uint32_t low = 0, high = table->count;
  if (number <= high && table->fields[number - 1].number == number) return &table->fields[number - 1];
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (table->fields[middle].number < number) low = middle + 1;
    else high = middle;
  }
  return low < table->count && table->fields[low].number == number ? &table->fields[low] : NULL;
}

static bool take_field(source *in, const parigot_table_field *field, uint8_t *message, int level, bool *maps) {
  uint8_t *at = message + field->offset;
  if (field->table) {
    if (!take_message(in, field, message, level + 1, maps)) return false;
  } else if (field->shape >= PARIGOT_SHAPE_REPEATED) {
    at = extend(at, value_size(field->kind), 1);
    if (!at || !take_value(in, field->kind, at)) return false;
  } else if (!take_value(in, field->kind, at)) {
    return false;
  }
  if (field->shape == PARIGOT_SHAPE_OPTIONAL) message[field->presence] = true;
  if (field->shape == PARIGOT_SHAPE_ONEOF) STORE(uint32_t, message + field->presence, field->number);
  return true;
}

static bool take_fields(source in, const parigot_table *table, uint8_t *message, int level, bool *maps) {
  while (in.at < in.end) {
    uint32_t number, wire;
    parigot_bytes packed;
    if (!take_tag(&in, &number, &wire)) return false;
    const parigot_table_field *field = find_field(table, number);
    uint32_t expected = field ? wire_type(field->kind) : 0;
    bool list = field && (field->shape == PARIGOT_SHAPE_REPEATED || field->shape == PARIGOT_SHAPE_PACKED);
    if (field && wire == expected) {
      if (!take_field(&in, field, message, level, maps)) return false;
    } else if (list && wire == PARIGOT_BYTES) {
      if (!take_bytes(&in, &packed) || !take_packed(packed, field, message + field->offset)) return false;
    } else if (!skip(&in, number, wire, level)) {
      return false;
    }
  }
  return true;
}
