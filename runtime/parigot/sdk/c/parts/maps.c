/* Maps, once a message is read: the last of equal keys counts. It takes the place of the first one. */

static uint32_t hash_bytes(const uint8_t *at, uint32_t count) {
  uint32_t hash = 2166136261u;
  while (count--) hash = (hash ^ *at++) * 16777619u;
  return hash ^ hash >> 15;
}

/* What a key is made of, for comparing: a text's bytes, or those of the number. */
static parigot_bytes key_bytes(const parigot_table_field *key, const uint8_t *entry) {
  const uint8_t *at = entry + key->offset;
  if (key->kind == PARIGOT_KIND_STRING) return LOAD(parigot_bytes, at);
  return (parigot_bytes){at, value_size(key->kind)};
}

static bool unite(const parigot_table *entry, uint8_t *at) {
  parigot_list list = LOAD(parigot_list, at);
  uint32_t size = entry->size, slots = 4, kept = 0;
  uint8_t *items = list.items;
  while (slots < list.count * 2) slots *= 2;
  uint32_t *seen = parigot_alloc(slots * (uint32_t)sizeof *seen); /* numbers of items, counted from 1 */
  if (!seen) return false;
  __builtin_memset(seen, 0, slots * sizeof *seen);
  for (uint32_t i = 0; i < list.count; i++) {
    uint8_t *item = items + (size_t)i * size;
    parigot_bytes key = key_bytes(entry->fields, item);
    uint32_t slot = hash_bytes(key.data, key.length) & (slots - 1);
    uint8_t *place = NULL;
    for (; seen[slot]; slot = (slot + 1) & (slots - 1)) {
      uint8_t *other = items + (size_t)(seen[slot] - 1) * size;
      parigot_bytes there = key_bytes(entry->fields, other);
      if (there.length == key.length && memcmp(there.data, key.data, key.length) == 0) {
        place = other;
        break;
      }
    }
    if (!place) {
      place = items + (size_t)kept * size;
      seen[slot] = ++kept;
    }
    if (place != item) __builtin_memcpy(place, item, size);
  }
  list.count = kept;
  STORE(parigot_list, at, list);
  return true;
}

static bool unite_maps(const parigot_table *table, uint8_t *message) {
  for (const parigot_table_field *field = table->fields; field < table->fields + table->count; field++) {
    uint8_t *at = message + field->offset;
    if (!field->table) continue;
    if (field->shape == PARIGOT_SHAPE_MAP && LOAD(parigot_list, at).count > 1 && !unite(field->table, at)) return false;
    if (field->shape >= PARIGOT_SHAPE_REPEATED) {
      parigot_list list = LOAD(parigot_list, at);
      for (uint32_t i = 0; i < list.count; i++)
        if (!unite_maps(field->table, (uint8_t *)list.items + (size_t)i * field->table->size)) return false;
    } else if (is_set(field, message) && LOAD(void *, at)) {
      if (!unite_maps(field->table, LOAD(uint8_t *, at))) return false;
    }
  }
  return true;
}

bool parigot_decode(const parigot_table *table, parigot_bytes bytes, void *message) {
  bool maps = false;
  source in = {bytes.data, bytes.data + bytes.length};
  __builtin_memset(message, 0, table->size);
  return take_fields(in, table, message, 0, &maps) && (!maps || unite_maps(table, message));
}
