/* Ends in every way there is.
 *
 *   code=N        the exit code
 *   how=exit      the exit protocol, once launched
 *   how=quit      proc_exit, once launched
 *   how=early     proc_exit before it has launched anything
 *   how=nothing   never registers, and waits for events
 *   exports=a.v1.A   it offers that first */
#include "app.h"

static void leave(void *user, parigot_message result) {
  (void)user, (void)result;
  int32_t code = (int32_t)parigot_number(option("code", "0"));
  parigot_info("leaving", "code=%d", code);
  if (!strcmp(option("how", "exit"), "quit")) parigot_quit(code);
  parigot_exit(code);
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  parigot_id me;
  parigot_name name;
  const char *how = option("how", "exit");
  if (!strcmp(how, "nothing")) return 0;
  must(parigot_register("leaver", &me), "register");
  if (split_name(option("exports", ""), &name)) must(parigot_export(me, &name, 1), "export");
  if (!strcmp(how, "early")) parigot_quit((int32_t)parigot_number(option("code", "0")));
  parigot_on_exit(say_goodbye, 0);
  start(me, leave);
  return 0;
}
