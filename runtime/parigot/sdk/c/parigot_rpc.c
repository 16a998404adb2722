/* parigot_rpc.c: typed calls on top of parigot.h; compiled along when a guest uses generated code. */
#include "parigot_rpc.h"

#if defined(__clang__) && !defined(PARIGOT_DEBUG_SDK)
#pragma clang attribute push(__attribute__((nodebug)), apply_to = any(hasType(functionType), variable(unless(is_parameter))))
#endif

/* ---- memory: pieces of 2^n bytes, each with a header, used again by their size ---- */

typedef struct piece {
  struct piece *next; /* in `free_pieces` */
  uint32_t order;     /* the piece has 2^order bytes */
  uint8_t padding[16 - sizeof(void *) - 4];
} piece;

enum { LEAST_ORDER = 5, MOST_ORDER = 30 };

static piece *free_pieces[MOST_ORDER + 1];

void *parigot_keep(uint32_t size) {
  uint32_t order = LEAST_ORDER;
  while (order <= MOST_ORDER && (1u << order) - sizeof(piece) < size) order++;
  if (order > MOST_ORDER) return NULL;
  piece *one = free_pieces[order];
  if (one) free_pieces[order] = one->next;
  else one = parigot_alloc_forever(1u << order);
  if (!one) return NULL;
  one->order = order;
  return one + 1;
}

void parigot_release(const void *memory) {
  if (!memory) return;
  piece *one = (piece *)(uintptr_t)memory - 1;
  one->next = free_pieces[one->order];
  free_pieces[one->order] = one;
}

parigot_bytes parigot_keep_bytes(parigot_bytes bytes) {
  uint8_t *kept = parigot_keep(bytes.length);
  if (!kept) return PARIGOT_NO_BYTES;
  if (bytes.length) __builtin_memcpy(kept, bytes.data, bytes.length);
  return (parigot_bytes){kept, bytes.length};
}

/* ---- calls ---- */

struct parigot_rpc {
  parigot_rpc *next; /* in `free_rpcs` */
  const parigot_table *reply;
  parigot_deliver deliver;
  void (*success)(void);
  parigot_failure failure;
  void *success_user, *failure_user;
  int32_t refused; /* why the call was not even tried */
};

static parigot_rpc *free_rpcs;

/* The record is free before its callback runs, so that a callback which calls again uses it again. */
static parigot_rpc take_back(parigot_rpc *rpc) {
  parigot_rpc outcome = *rpc;
  rpc->next = free_rpcs;
  free_rpcs = rpc;
  return outcome;
}

static void refuse(const parigot_rpc *rpc, int32_t code) {
  if (rpc->failure) rpc->failure(rpc->failure_user, code);
  else
    parigot_warn("a call failed and nobody asked for its outcome", "code=%d error=%s", code, parigot_error_name(code));
}

static void failed(void *user, int32_t code) {
  parigot_rpc outcome = take_back(user);
  refuse(&outcome, outcome.refused ? outcome.refused : code);
}

static void succeeded(void *user, parigot_message result) {
  parigot_rpc outcome = take_back(user);
  void *reply = NULL;
  if (outcome.reply) {
    reply = parigot_alloc(outcome.reply->size);
    if (!reply || !parigot_decode(outcome.reply, result.value, reply)) {
      parigot_error("that reply is no message", "type=%s bytes=%u", outcome.reply->name, result.value.length);
      refuse(&outcome, PARIGOT_UNMARSHAL_FAILED);
      return;
    }
  }
  if (outcome.success) outcome.deliver(outcome.success, outcome.success_user, reply);
}

parigot_rpc *parigot_rpc_call(const parigot_method *method, const parigot_table *request, const void *message,
                              const parigot_table *reply, parigot_deliver deliver) {
  parigot_rpc *rpc = free_rpcs;
  if (rpc) free_rpcs = rpc->next;
  else rpc = parigot_alloc_forever(sizeof *rpc);
  if (!rpc) return NULL;
  *rpc = (parigot_rpc){.reply = reply, .deliver = deliver};
  parigot_bytes bytes = message ? parigot_encode(request, message) : PARIGOT_NO_BYTES;
  if (message && !bytes.data) rpc->refused = PARIGOT_MARSHAL_FAILED;
  if (!method->prefix_length) rpc->refused = PARIGOT_NOT_FOUND;
  /* More bytes than a message may have are refused unseen: the failure comes as any other, in an event. */
  if (rpc->refused) bytes = (parigot_bytes){NULL, UINT32_MAX};
  parigot_future *future = parigot_dispatch(method, request->name, bytes);
  if (!future) {
    take_back(rpc);
    return NULL;
  }
  parigot_on_success(future, succeeded, rpc);
  parigot_on_failure(future, failed, rpc);
  return rpc;
}

void parigot_rpc_on_success(parigot_rpc *rpc, void (*callback)(void), void *user) {
  if (!rpc) return;
  rpc->success = callback;
  rpc->success_user = user;
}

void parigot_rpc_on_failure(parigot_rpc *rpc, parigot_failure callback, void *user) {
  if (!rpc) return;
  rpc->failure = callback;
  rpc->failure_user = user;
}

/* ---- being called ---- */

void *parigot_rpc_request(parigot_call *call, parigot_message request, const parigot_table *table, const char *method) {
  void *message = parigot_alloc(table->size);
  if (message && parigot_decode(table, request.value, message)) return message;
  parigot_error("that request is no message", "method=%s bytes=%u", method, request.value.length);
  parigot_fail(call, PARIGOT_UNMARSHAL_ERROR);
  return NULL;
}

void parigot_rpc_unimplemented(parigot_call *call, const char *method) {
  parigot_error("a method is not implemented", "method=%s", method);
  parigot_fail(call, PARIGOT_DISPATCH_FAILED);
}

int32_t parigot_rpc_reply(parigot_call *call, const parigot_table *table, const void *message) {
  parigot_bytes bytes = message ? parigot_encode(table, message) : PARIGOT_NO_BYTES;
  if (!message || bytes.data) return parigot_reply(call, table->name, bytes);
  parigot_error("a reply cannot be written", "type=%s", table->name);
  parigot_fail(call, PARIGOT_MARSHAL_ERROR);
  return PARIGOT_MARSHAL_FAILED;
}

/* ---- starting: once, so small is better than fast ---- */

#if defined(__clang__)
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)
#endif

static parigot_guest started;
static parigot_id self;

parigot_id parigot_self(void) { return self; }

int32_t parigot_rpc_locate(const parigot_use *use, parigot_id called_by) {
  parigot_service found;
  int32_t code = parigot_locate(use->name.package, use->name.service, called_by, &found);
  for (uint32_t i = 0; i < use->count && !code; i++) {
    use->into[i].prefix_length = 0;
    code = parigot_find_method(&found, use->methods[i], &use->into[i]);
    if (code == PARIGOT_NOT_FOUND) code = PARIGOT_OK;
  }
  return code;
}

static int32_t require(const parigot_guest *guest) {
  parigot_name names[PARIGOT_MOST_USES];
  uint32_t count = 0;
  for (; count < PARIGOT_MOST_USES && guest->uses[count].name.service; count++) names[count] = guest->uses[count].name;
  return count ? parigot_require(self, names, count) : PARIGOT_OK;
}

static int32_t offer(const parigot_guest *guest) {
  parigot_name names[PARIGOT_MOST_SERVES];
  uint32_t count = 0;
  for (; count < PARIGOT_MOST_SERVES && guest->serves[count].name.service; count++)
    names[count] = guest->serves[count].name;
  int32_t code = count ? parigot_export(self, names, count) : PARIGOT_OK;
  for (uint32_t i = 0; i < count; i++) {
    const parigot_serve *serve = &guest->serves[i];
    for (uint32_t j = 0; j < serve->count && !code; j++)
      code = parigot_bind(self, serve->methods[j], serve->handlers[j], (void *)(uintptr_t)serve->server);
  }
  return code;
}

static void cannot_start(void *user, int32_t code) {
  (void)user;
  if (started.failed) {
    started.failed(started.user, code);
    return;
  }
  char message[128];
  parigot_format(message, sizeof message, "%s cannot start", started.name);
  parigot_error(message, "error=%s", parigot_error_name(code));
  parigot_exit(1);
}

static void running(void *user, parigot_message result) {
  (void)user, (void)result;
  for (uint32_t i = 0; i < PARIGOT_MOST_USES && started.uses[i].name.service; i++) {
    int32_t code = parigot_rpc_locate(&started.uses[i], self);
    if (!code) continue;
    cannot_start(NULL, code);
    return;
  }
  if (started.ready) started.ready(started.user);
  for (uint32_t i = 0; i < PARIGOT_MOST_SERVES && started.serves[i].name.service; i++)
    if (started.serves[i].ready) started.serves[i].ready(started.serves[i].user);
}

int parigot_start(const parigot_guest *guest) {
  started = *guest;
  int32_t code = parigot_register(guest->name, &self);
  if (!code) code = require(guest);
  if (!code) code = offer(guest);
  if (code) {
    char message[128];
    parigot_format(message, sizeof message, "%s cannot be set up", guest->name);
    parigot_error(message, "error=%s", parigot_error_name(code));
    return 1;
  }
  parigot_future *launched = parigot_launch(self);
  if (!launched) return 1;
  parigot_on_success(launched, running, NULL);
  parigot_on_failure(launched, cannot_start, NULL);
  return 0;
}

#if defined(__clang__)
#pragma clang attribute pop
#endif

#if defined(__clang__) && !defined(PARIGOT_DEBUG_SDK)
#pragma clang attribute pop
#endif
