/* A service that answers late and in another order: it keeps calls until it has `batch` of them, then answers
 * the last one first.
 *
 *   exports=test.v1.Shuffle batch=10 */
#include "app.h"

#define MOST 1000

static struct {
  parigot_call *call;
  int64_t number;
} kept[MOST];
static int64_t batch, count;

static void echo(parigot_call *call, parigot_message request, void *user) {
  (void)user;
  kept[count].call = call;
  kept[count].number = read_text(request).number;
  if (++count < batch) return;
  while (count > 0) {
    count--;
    int32_t code = parigot_reply(kept[count].call, TEXT, write_text("shuffled", kept[count].number));
    if (code) parigot_warn("the answer found nobody", "error=%s", parigot_error_name(code));
  }
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  parigot_id me;
  parigot_name name;
  batch = parigot_number(option("batch", "10"));
  if (batch < 1 || batch > MOST) must(PARIGOT_DATA_TOO_LARGE, "batch");
  split_name(option("exports", "test.v1.Shuffle"), &name);
  must(parigot_register(name.service, &me), "register");
  must(parigot_export(me, &name, 1), "export");
  must(parigot_bind(me, "Echo", echo, 0), "bind Echo");
  must(parigot_bind(me, "Ping", echo, 0), "bind Ping");
  start(me, 0);
  return 0;
}
