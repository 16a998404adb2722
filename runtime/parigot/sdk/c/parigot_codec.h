/* parigot_codec.h: protobuf messages as C structs. Generated code holds one table for every message; two
 * functions walk them. This is what generated code is made of; people use its `_encode` and `_decode`.
 *
 * proto3: every kind, open enums, repeated fields (packed or not, whichever way they are declared), maps
 * (the last of equal keys counts), oneofs, `optional`, submessages that come twice are merged, unknown
 * fields are skipped. Text must be UTF-8, and nothing nests deeper than 100.
 */
#ifndef PARIGOT_CODEC_H
#define PARIGOT_CODEC_H

#include "parigot.h"

/* How a value is written, and what it is in a struct. */
typedef enum {
  PARIGOT_KIND_DOUBLE,   /* double */
  PARIGOT_KIND_FLOAT,    /* float */
  PARIGOT_KIND_INT64,    /* int64_t */
  PARIGOT_KIND_UINT64,   /* uint64_t */
  PARIGOT_KIND_INT32,    /* int32_t */
  PARIGOT_KIND_FIXED64,  /* uint64_t */
  PARIGOT_KIND_FIXED32,  /* uint32_t */
  PARIGOT_KIND_BOOL,     /* bool */
  PARIGOT_KIND_STRING,   /* parigot_bytes */
  PARIGOT_KIND_BYTES,    /* parigot_bytes */
  PARIGOT_KIND_UINT32,   /* uint32_t */
  PARIGOT_KIND_SFIXED32, /* int32_t */
  PARIGOT_KIND_SFIXED64, /* int64_t */
  PARIGOT_KIND_SINT32,   /* int32_t */
  PARIGOT_KIND_SINT64,   /* int64_t */
  PARIGOT_KIND_ENUM,     /* int32_t */
  PARIGOT_KIND_MESSAGE,  /* a pointer, NULL for none; in a list the struct itself */
} parigot_kind;

typedef enum {
  PARIGOT_SHAPE_PLAIN,    /* written when it is not 0 */
  PARIGOT_SHAPE_ALWAYS,   /* key and value of a map: always written */
  PARIGOT_SHAPE_OPTIONAL, /* written when the bool at `presence` is true */
  PARIGOT_SHAPE_ONEOF,    /* written when the uint32_t at `presence` is the field's number */
  PARIGOT_SHAPE_REPEATED, /* a list, one tag for each item */
  PARIGOT_SHAPE_PACKED,   /* a list, written packed */
  PARIGOT_SHAPE_MAP,      /* a list of entries, which are structs with a table of their own */
} parigot_shape;

typedef struct parigot_table parigot_table;

typedef struct {
  uint32_t number;
  uint8_t kind, shape;
  uint32_t offset, presence;  /* in the struct */
  const parigot_table *table; /* of a message, or of a map's entry */
} parigot_table_field;

struct parigot_table {
  const char *name; /* "greeting.v1.FetchGreetingRequest" */
  uint32_t size;    /* of the struct */
  uint32_t count;
  const parigot_table_field *fields; /* by number */
};

/* What every repeated field and map looks like: `items` has the type of the items. */
typedef struct {
  void *items;
  uint32_t count;
} parigot_list;

/* A message as bytes, in the event's memory. Where that is impossible (memory used up, text that is not
 * UTF-8, more than 100 levels) `data` is NULL, which it never is otherwise, not for an empty message either. */
parigot_bytes parigot_encode(const parigot_table *table, const void *message);

/* Bytes as a message. Text and bytes of it point into `bytes`; lists and submessages are in the event's
 * memory. False when the bytes are malformed or memory is used up; then `message` is of no use. */
bool parigot_decode(const parigot_table *table, parigot_bytes bytes, void *message);

#endif
