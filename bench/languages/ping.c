/* The caller of the benchmark, in C: `calls=N` calls, one after the other. */
#include "pingpong/v1/pingpong.pb.h"

static pingpong_v1_Pong_client client;
static int64_t left;

static void call_again(void *user, const pingpong_v1_Number *reply);

static void failed(void *user, int32_t code) {
  (void)user;
  parigot_error("a call failed", "error=%s", pingpong_v1_PongErr_name(code));
  parigot_exit(1);
}

static void call_again(void *user, const pingpong_v1_Number *reply) {
  (void)reply;
  if (left-- <= 0) {
    parigot_exit(0);
    return;
  }
  pingpong_v1_Number request = {.number = left};
  pingpong_v1_Pong_pong_future answer = pingpong_v1_Pong_pong(&client, &request);
  pingpong_v1_Pong_pong_on_success(answer, call_again, user);
  pingpong_v1_Pong_pong_on_failure(answer, failed, user);
}

static void ready(void *user) { call_again(user, 0); }

int parigot_main(int argc, char **argv) {
  left = parigot_number(argc > 0 ? argv[0] + strlen("calls=") : "1000");
  return parigot_start(&(parigot_guest){
      .name = "ping", .uses = {pingpong_v1_Pong_use(&client)}, .ready = ready});
}
