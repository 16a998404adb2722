/* One guest, two services: First and Second, each with a method Which that says which one was called. Second
 * requires First, its own neighbour. */
#include "app.h"

static void which(parigot_call *call, parigot_message request, void *user) {
  (void)request;
  parigot_info("asked", "service=%s", (const char *)user);
  parigot_reply(call, TEXT, write_text(user, 0));
}

static void ready(void *user, parigot_message result) {
  (void)result;
  parigot_info("launched", "service=%s", (const char *)user);
}

static parigot_id offer(const char *service, const char *needs) {
  parigot_id id;
  parigot_name name = {"test.v1", service}, other = {"test.v1", needs};
  must(parigot_register(service, &id), "register");
  must(parigot_export(id, &name, 1), "export");
  if (needs) must(parigot_require(id, &other, 1), "require");
  must(parigot_bind(id, "Which", which, (void *)service), "bind");
  return id;
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  parigot_id first = offer("First", 0), second = offer("Second", "First");
  parigot_on_success(parigot_launch(second), ready, "Second");
  parigot_on_success(parigot_launch(first), ready, "First");
  return 0;
}
