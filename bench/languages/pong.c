/* The callee of the benchmark, in C. */
#include "pingpong/v1/pingpong.pb.h"

static void pong(pingpong_v1_Pong_pong_call *call, const pingpong_v1_Number *request, void *user) {
  (void)user;
  pingpong_v1_Pong_pong_reply(call, request);
}

static const pingpong_v1_Pong_server server = {.pong = pong};

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  return parigot_start(&(parigot_guest){.name = "pong", .serves = {pingpong_v1_Pong_serve(&server)}});
}
