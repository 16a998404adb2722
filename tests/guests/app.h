/* app.h: what test guests do alike. A guest is told what it is by arguments such as `exports=test.v1.Echo`. */
#ifndef TEST_APP_H
#define TEST_APP_H

#include "parigot.h"

#define TEXT "test.v1.Text"

typedef struct {
  const char *text;
  int64_t number;
} text_message;

static inline text_message read_text(parigot_message message) {
  text_message out = {"", 0};
  parigot_reader reader = parigot_read(message.value);
  parigot_field field;
  while (parigot_next(&reader, &field)) {
    if (field.number == 1 && field.wire == PARIGOT_BYTES) out.text = parigot_string(field.bytes);
    if (field.number == 2 && field.wire == PARIGOT_VARINT) out.number = (int64_t)field.value;
  }
  return out;
}

static inline parigot_bytes write_text(const char *text, int64_t number) {
  parigot_writer writer = parigot_write(0, 0);
  parigot_put_string(&writer, 1, text);
  parigot_put_int(&writer, 2, number);
  return parigot_written(&writer);
}

/* The value of argument `key=value`, or `otherwise`. */
static inline const char *option(const char *key, const char *otherwise) {
  uint32_t length = (uint32_t)strlen(key);
  char **argv = parigot_argv();
  for (int i = 0; i < parigot_argc(); i++)
    if (memcmp(argv[i], key, length) == 0 && argv[i][length] == '=') return argv[i] + length + 1;
  return otherwise;
}

/* Splits "a.v1.B" (up to the first of ",:(" or the end) into its package and its service, for good. Returns
 * what follows, or NULL for an empty text. */
static inline const char *split_name(const char *text, parigot_name *name) {
  uint32_t end = 0, dot = 0;
  while (text[end] && text[end] != ',' && text[end] != ':' && text[end] != '(') {
    if (text[end] == '.') dot = end;
    end++;
  }
  if (!end) return 0;
  char *copied = parigot_alloc_forever(end + 1);
  memcpy(copied, text, end);
  copied[end] = 0;
  copied[dot] = 0;
  *name = (parigot_name){copied, copied + dot + 1};
  return text + end;
}

/* Reads "a.v1.B,c.v1.D" into `names`; returns how many. */
static inline uint32_t names_in(const char *list, parigot_name *names, uint32_t most) {
  uint32_t count = 0;
  while (count < most && (list = split_name(list, &names[count]))) {
    count++;
    if (*list == ',') list++;
  }
  return count;
}

/* Setting up either works or ends the guest with code 1. */
static inline void must(int32_t code, const char *what) {
  if (!code) return;
  parigot_error("cannot set up", "what=%s error=%s", what, parigot_error_name(code));
  parigot_quit(1);
}

static inline void cannot_start(void *user, int32_t code) {
  (void)user;
  parigot_error("cannot start", "error=%s", parigot_error_name(code));
  parigot_exit(1);
}

static inline void say_goodbye(void *user, int32_t code) {
  (void)user;
  parigot_info("cleaning up", "code=%d", code);
}

static inline void start(parigot_id me, parigot_success ready) {
  parigot_future *launched = parigot_launch(me);
  parigot_on_success(launched, ready, 0);
  parigot_on_failure(launched, cannot_start, 0);
}

#endif
