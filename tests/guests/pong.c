/* The callee of the benchmark: reads one number and answers with it. */
#include "app.h"

static void pong(parigot_call *call, parigot_message request, void *user) {
  (void)user;
  int64_t number = 0;
  parigot_reader reader = parigot_read(request.value);
  parigot_field field;
  while (parigot_next(&reader, &field))
    if (field.number == 2 && field.wire == PARIGOT_VARINT) number = (int64_t)field.value;
  uint8_t buffer[16];
  parigot_writer response = parigot_write(buffer, sizeof buffer);
  parigot_put_int(&response, 2, number);
  parigot_reply(call, TEXT, parigot_written(&response));
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  parigot_id me;
  must(parigot_register("pong", &me), "register");
  must(parigot_export(me, &(parigot_name){"test.v1", "Pong"}, 1), "export");
  must(parigot_bind(me, "Pong", pong, 0), "bind");
  start(me, 0);
  return 0;
}
