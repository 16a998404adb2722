/* A service that is launched and then sleeps for ever, without reading the calls that wait for it.
 *
 *   exports=test.v1.Deaf
 *   at_once=1              it does not even read that it is launched */
#include "app.h"

static void echo(parigot_call *call, parigot_message request, void *user) {
  (void)user;
  parigot_reply(call, TEXT, request.value);
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  parigot_id me;
  parigot_name name;
  split_name(option("exports", "test.v1.Deaf"), &name);
  must(parigot_register(name.service, &me), "register");
  must(parigot_export(me, &name, 1), "export");
  must(parigot_bind(me, "Echo", echo, 0), "bind Echo");
  start(me, 0);
  if (*option("at_once", "") != '1') parigot_run_one(-1);
  parigot_info("not listening any more", "");
  for (;;) parigot_sleep(3600ull * 1000000000);
}
