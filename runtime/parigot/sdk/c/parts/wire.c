/* The protobuf wire format. Reading trusts nothing; writing appends, and makes room for the length of a
 * nested message when that turns out to need more than the one byte kept for it. */

#define GROUP_START 3u
#define GROUP_END 4u
#define MAX_GROUPS 64

parigot_reader parigot_read(parigot_bytes message) {
  return (parigot_reader){message.data, message.data + message.length, false};
}

static inline bool bad(parigot_reader *reader) {
  reader->malformed = true;
  reader->at = reader->end;
  return false;
}

/* The low 7 bits of each of 8 bytes, moved together. */
static inline uint64_t squeeze(uint64_t word) {
  word = (word & 0x007f007f007f007full) | (word & 0x7f007f007f007f00ull) >> 1;
  word = (word & 0x00003fff00003fffull) | (word & 0x3fff00003fff0000ull) >> 2;
  return (word & 0x000000000fffffffull) | (word & 0x0fffffff00000000ull) >> 4;
}

/* A varint of several bytes with at least 10 to read from: ids are made of these, and every event of ids. */
static inline bool get_long_varint(parigot_reader *reader, uint64_t *value) {
  const uint8_t *at = reader->at;
  uint64_t word;
  __builtin_memcpy(&word, at, 8);
  uint64_t stops = ~word & 0x8080808080808080ull;
  if (stops) {
    uint32_t last = (uint32_t)__builtin_ctzll(stops); /* the stop bit of the last byte */
    *value = squeeze(word & (~0ull >> (63 - last)));
    reader->at = at + last / 8 + 1;
    return true;
  }
  uint64_t result = squeeze(word) | (uint64_t)(at[8] & 0x7f) << 56;
  if (at[8] >= 0x80) {
    if (at[9] > 1) return bad(reader);
    result |= (uint64_t)at[9] << 63;
  }
  reader->at = at + (at[8] >= 0x80 ? 10 : 9);
  *value = result;
  return true;
}

static inline bool get_varint(parigot_reader *reader, uint64_t *value) {
  uint64_t result = 0;
  const uint8_t *at = reader->at, *end = reader->end;
  if (at < end && *at < 0x80) {
    *value = *at;
    reader->at = at + 1;
    return true;
  }
  if (end - at >= 10) return get_long_varint(reader, value);
#pragma clang loop unroll(disable)
  for (uint32_t shift = 0; shift < 70 && at < end; shift += 7) {
    uint8_t byte = *at++;
    if (shift == 63 && byte > 1) break;
    result |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      reader->at = at;
      *value = result;
      return true;
    }
  }
  return bad(reader);
}

static bool skip_group(parigot_reader *reader, uint32_t number, int depth);

/* Reads one field of any kind; groups, which proto3 does not have, are skipped whole. */
static __attribute__((noinline)) bool get_field(parigot_reader *reader, parigot_field *field, int depth) {
  for (;;) {
    uint64_t tag, length;
    if (reader->at >= reader->end || !get_varint(reader, &tag)) return false;
    field->number = (uint32_t)(tag >> 3);
    field->wire = (uint32_t)(tag & 7);
    if (tag >> 32 || field->number == 0) return bad(reader);
    uint32_t left;
    switch (field->wire) {
      case PARIGOT_VARINT:
        return get_varint(reader, &field->value);
      case PARIGOT_BYTES:
        if (!get_varint(reader, &length)) return false;
        if (length > (uint64_t)(reader->end - reader->at)) return bad(reader);
        field->bytes = (parigot_bytes){reader->at, (uint32_t)length};
        reader->at += length;
        return true;
      case PARIGOT_FIXED64:
      case PARIGOT_FIXED32:
        left = field->wire == PARIGOT_FIXED64 ? 8 : 4;
        if ((uint32_t)(reader->end - reader->at) < left) return bad(reader);
        field->value = 0;
        for (uint32_t i = 0; i < left; i++) field->value |= (uint64_t)reader->at[i] << (8 * i);
        reader->at += left;
        return true;
      case GROUP_START:
        if (!skip_group(reader, field->number, depth + 1)) return false;
        continue;
      case GROUP_END:
        return depth > 0 ? true : bad(reader);
      default:
        return bad(reader);
    }
  }
}

static bool skip_group(parigot_reader *reader, uint32_t number, int depth) {
  parigot_field field;
  if (depth > MAX_GROUPS) return bad(reader);
  while (get_field(reader, &field, depth))
    if (field.wire == GROUP_END) return field.number == number ? true : bad(reader);
  return bad(reader);
}

bool parigot_next(parigot_reader *reader, parigot_field *field) { return get_field(reader, field, 0); }

bool parigot_read_id(parigot_bytes message, parigot_id *id) {
  parigot_reader reader = parigot_read(message);
  parigot_field field;
  *id = PARIGOT_NO_ID;
  while (parigot_next(&reader, &field)) {
    if (field.wire != PARIGOT_VARINT) continue;
    if (field.number == 1) id->high = field.value;
    if (field.number == 2) id->low = field.value;
  }
  return !reader.malformed;
}

/* ---- writing ---- */

parigot_writer parigot_write(void *buffer, uint32_t size) {
  return (parigot_writer){buffer, buffer, (uint8_t *)buffer + size, false};
}

parigot_bytes parigot_written(const parigot_writer *writer) {
  if (writer->failed) return PARIGOT_NO_BYTES;
  return (parigot_bytes){writer->start, (uint32_t)(writer->at - writer->start)};
}

static bool make_room(parigot_writer *writer, uint32_t count) {
  uint32_t used = (uint32_t)(writer->at - writer->start);
  if (writer->failed || count > 0x3fffffffu - used) {
    writer->failed = true;
    return false;
  }
  uint32_t size = (used + count) * 2 < 128 ? 128 : (used + count) * 2;
  uint8_t *larger = parigot_alloc(size);
  if (!larger) {
    writer->failed = true;
    return false;
  }
  writer->at = copy(larger, writer->start, used);
  writer->start = larger;
  writer->end = larger + size;
  return true;
}

static inline bool room(parigot_writer *writer, uint32_t count) {
  return count <= (uint32_t)(writer->end - writer->at) || make_room(writer, count);
}

static inline uint8_t *varint(uint8_t *at, uint64_t value) {
#pragma clang loop unroll(disable)
  while (value > 0x7f) {
    *at++ = (uint8_t)(value | 0x80);
    value >>= 7;
  }
  *at++ = (uint8_t)value;
  return at;
}

static inline uint32_t varint_size(uint64_t value) {
  uint32_t size = 1;
  while (value > 0x7f) size++, value >>= 7;
  return size;
}

static inline uint8_t *tag(uint8_t *at, uint32_t number, uint32_t wire) {
  return varint(at, (uint64_t)number << 3 | wire);
}

void parigot_put_uint(parigot_writer *writer, uint32_t number, uint64_t value) {
  if (value && room(writer, 16)) writer->at = varint(tag(writer->at, number, PARIGOT_VARINT), value);
}

void parigot_put_int(parigot_writer *writer, uint32_t number, int64_t value) {
  parigot_put_uint(writer, number, (uint64_t)value);
}

void parigot_put_sint(parigot_writer *writer, uint32_t number, int64_t value) {
  parigot_put_uint(writer, number, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}

void parigot_put_fixed32(parigot_writer *writer, uint32_t number, uint32_t value) {
  if (!value || !room(writer, 16)) return;
  writer->at = tag(writer->at, number, PARIGOT_FIXED32);
  for (int i = 0; i < 4; i++) *writer->at++ = (uint8_t)(value >> (8 * i));
}

void parigot_put_fixed64(parigot_writer *writer, uint32_t number, uint64_t value) {
  if (!value || !room(writer, 16)) return;
  writer->at = tag(writer->at, number, PARIGOT_FIXED64);
  for (int i = 0; i < 8; i++) *writer->at++ = (uint8_t)(value >> (8 * i));
}

void parigot_put_bytes(parigot_writer *writer, uint32_t number, parigot_bytes bytes) {
  if (!bytes.length || !room(writer, bytes.length + 16)) return;
  writer->at = varint(tag(writer->at, number, PARIGOT_BYTES), bytes.length);
  writer->at = copy(writer->at, bytes.data, bytes.length);
}

void parigot_put_string(parigot_writer *writer, uint32_t number, const char *text) {
  parigot_put_bytes(writer, number, parigot_text(text));
}

/* An IdRaw with its tag and length, at most 29 bytes: 5 for the tag, 1 for the length, 2 + 11 and 11 within. */
#define ID_SIZE 29u
static __attribute__((noinline)) uint8_t *put_id(uint8_t *at, uint32_t number, parigot_id id) {
  uint8_t *length = tag(at, number, PARIGOT_BYTES);
  at = length + 1;
  if (id.high) *at++ = 0x08, at = varint(at, id.high);
  if (id.low) *at++ = 0x10, at = varint(at, id.low);
  *length = (uint8_t)(at - length - 1);
  return at;
}

void parigot_put_id(parigot_writer *writer, uint32_t number, parigot_id id) {
  if (room(writer, ID_SIZE)) writer->at = put_id(writer->at, number, id);
}

uint32_t parigot_begin(parigot_writer *writer, uint32_t number) {
  if (!room(writer, 6)) return 0;
  writer->at = tag(writer->at, number, PARIGOT_BYTES) + 1;
  return (uint32_t)(writer->at - writer->start);
}

void parigot_end(parigot_writer *writer, uint32_t mark) {
  if (writer->failed) return;
  uint32_t length = (uint32_t)(writer->at - writer->start) - mark;
  uint32_t extra = varint_size(length) - 1;
  if (extra && !room(writer, extra)) return;
  uint8_t *body = writer->start + mark;
  if (extra) memmove(body + extra, body, length);
  varint(body - 1, length);
  writer->at += extra;
}
