/* The event loop: futures of the calls that this guest made, handlers of the calls that it gets, and the
 * end. Nothing here lives in the event's memory except what a callback is handed. */

struct parigot_future {
  struct parigot_future *next; /* in its bucket, in `broken`, or in `free_futures` */
  parigot_id call;
  parigot_success success;
  parigot_failure failure;
  void *success_user, *failure_user;
  int32_t code; /* in `broken`: why the kernel did not take the call */
};

struct parigot_call {
  struct parigot_call *next; /* in `free_calls` */
  parigot_bytes bundle;      /* in the event, or in `kept` once the handler has returned */
  bool answered, handling;
  uint8_t kept[128];
};

typedef struct binding {
  struct binding *next;
  parigot_id service, method;
  parigot_handler handler;
  void *user;
} binding;

#define BUCKETS 256u

static parigot_future *waiting[BUCKETS], *free_futures;
static parigot_future *broken, **broken_end = &broken;
static parigot_call *free_calls;
static binding *bindings;
static parigot_id first_service;

static struct {
  void (*cleanup)(void *, int32_t);
  void *user;
  bool asked, cleaned;
  parigot_id call;
  int32_t code;
} ending;

static void free_future(parigot_future *future) {
  future->next = free_futures;
  free_futures = future;
}

static parigot_future *new_future(parigot_id call_id) {
  parigot_future *future = free_futures;
  if (future) free_futures = future->next;
  else future = parigot_alloc_forever(sizeof *future);
  if (!future) return NULL;
  *future = (parigot_future){.call = call_id};
  return future;
}

/* Files a future under its call, or, when the kernel has refused the call, for the loop's next turn. */
static __attribute__((noinline)) parigot_future *await(parigot_future *future, int32_t code) {
  if (code) {
    future->code = code;
    *broken_end = future;
    broken_end = &future->next;
  } else {
    parigot_future **bucket = &waiting[future->call.low % BUCKETS];
    future->next = *bucket;
    *bucket = future;
  }
  return future;
}

void parigot_on_success(parigot_future *future, parigot_success callback, void *user) {
  if (!future) return;
  future->success = callback;
  future->success_user = user;
}

void parigot_on_failure(parigot_future *future, parigot_failure callback, void *user) {
  if (!future) return;
  future->failure = callback;
  future->failure_user = user;
}

/* The future is free before its callback runs, so a callback that calls again uses it again. */
static inline void settle(parigot_future *future, parigot_message result, int32_t code) {
  parigot_future outcome = *future;
  free_future(future);
  if (!code) {
    if (outcome.success) outcome.success(outcome.success_user, result);
  } else if (outcome.failure) {
    outcome.failure(outcome.failure_user, code);
  } else {
    parigot_warn("a call failed and nobody asked for its outcome", "code=%d error=%s", code,
                 parigot_error_name(code));
  }
}

parigot_future *parigot_dispatch(const parigot_method *method, const char *type, parigot_bytes message) {
  parigot_future *future = new_future(parigot_new_call_id());
  if (!future) return NULL;
  return await(future, parigot_dispatch_raw(method, future->call, type, message));
}

__attribute__((minsize)) parigot_future *parigot_launch(parigot_id service) {
  parigot_future *future = new_future(parigot_new_call_id());
  if (!future) return NULL;
  if (!first_service.high) first_service = service;
  return await(future, parigot_launch_raw(service, future->call, PARIGOT_LAUNCH_METHOD));
}

/* ---- being a service ---- */

int32_t parigot_bind(parigot_id service, const char *method, parigot_handler handler, void *user) {
  binding *one = parigot_alloc_forever(sizeof *one);
  if (!one) return PARIGOT_NAMESPACE_EXHAUSTED;
  *one = (binding){bindings, service, PARIGOT_NO_ID, handler, user};
  int32_t code = parigot_bind_method(service, method, PARIGOT_BOTH, &one->method);
  if (!code) bindings = one;
  return code;
}

static void free_call(parigot_call *call) {
  call->next = free_calls;
  free_calls = call;
}

static int32_t answer(parigot_call *call, const char *type, parigot_bytes message, int32_t code) {
  if (call->answered) return PARIGOT_BAD_CALL_ID;
  call->answered = true;
  int32_t refused = parigot_return_value(call->bundle, type, message, code);
  if (refused == PARIGOT_DATA_TOO_LARGE || refused == PARIGOT_MARSHAL_FAILED)
    parigot_return_value(call->bundle, NULL, PARIGOT_NO_BYTES, refused);
  if (!call->handling) free_call(call);
  return refused;
}

int32_t parigot_reply(parigot_call *call, const char *type, parigot_bytes message) {
  return answer(call, type, message, 0);
}

int32_t parigot_fail(parigot_call *call, int32_t code) {
  return answer(call, NULL, PARIGOT_NO_BYTES, code ? code : PARIGOT_EXEC_ERROR);
}

parigot_id parigot_call_id(const parigot_call *call) {
  parigot_id id;
  id_field(call->bundle, 4, &id);
  return id;
}

parigot_id parigot_call_host(const parigot_call *call) {
  parigot_id id;
  id_field(call->bundle, 1, &id);
  return id;
}

static void handle_call(const parigot_event *event) {
  const binding *one = bindings;
  while (one && !(parigot_same_id(one->method, event->method) && parigot_same_id(one->service, event->service)))
    one = one->next;
  parigot_call *call = free_calls;
  if (call) free_calls = call->next;
  else call = parigot_alloc_forever(sizeof *call);
  if (!one || !call || event->bundle.length > sizeof call->kept) {
    if (call) free_call(call);
    parigot_return_value(event->bundle, NULL, PARIGOT_NO_BYTES, one ? PARIGOT_EXEC_ERROR : PARIGOT_ID_DISPATCH);
    return;
  }
  call->bundle = event->bundle;
  call->answered = false;
  call->handling = true;
  one->handler(call, event->message, one->user);
  call->handling = false;
  if (call->answered) {
    free_call(call);
    return;
  }
  copy(call->kept, call->bundle.data, call->bundle.length);
  call->bundle.data = call->kept;
}

/* ---- the end ---- */

void parigot_on_exit(void (*cleanup)(void *user, int32_t code), void *user) {
  ending.cleanup = cleanup;
  ending.user = user;
}

static void clean_up(int32_t code) {
  if (ending.cleaned) return;
  ending.cleaned = true;
  if (ending.cleanup) ending.cleanup(ending.user, code);
}

static void put_exit_pair(parigot_writer *writer, int32_t code) {
  uint32_t pair = parigot_begin(writer, 1);
  parigot_put_id(writer, 1, first_service);
  parigot_put_int(writer, 2, code);
  parigot_end(writer, pair);
}

/* The exit call, and its own value given back: when the kernel resolves that, the cleanup runs; after it
 * comes the exit event. */
static __attribute__((noinline, minsize)) void ask_to_exit(int32_t code, bool all) {
  if (ending.asked) return;
  code = code < 0 || code > 192 ? 192 : code;
  ending.code = code;
  if (!first_service.high) {
    clean_up(code);
    parigot_quit(code);
  }
  ending.asked = true;
  ending.call = parigot_new_call_id();
  int32_t refused = parigot_exit_raw(first_service, ending.call, code, all);
  if (!refused) {
    parigot_writer bundle = parigot_write(NULL, 0), value = parigot_write(NULL, 0);
    parigot_put_id(&bundle, 1, world.host);
    parigot_put_id(&bundle, 2, first_service);
    parigot_put_id(&bundle, 3, PARIGOT_EXIT_METHOD);
    parigot_put_id(&bundle, 4, ending.call);
    put_exit_pair(&value, code);
    refused = parigot_return_value(parigot_written(&bundle), "syscall.v1.ExitResponse", parigot_written(&value), 0);
  }
  if (refused) {
    parigot_error("the exit call failed; ending at once", "code=%d error=%s", refused, parigot_error_name(refused));
    clean_up(code);
    parigot_quit(code);
  }
}

void parigot_exit(int32_t code) { ask_to_exit(code, false); }

void parigot_shutdown(int32_t code) { ask_to_exit(code, true); }

/* ---- the loop ---- */

static inline void handle_resolved(const parigot_event *event) {
  parigot_future **link = &waiting[event->call.low % BUCKETS];
  while (*link && !parigot_same_id((*link)->call, event->call)) link = &(*link)->next;
  parigot_future *future = *link;
  if (future) {
    *link = future->next;
    settle(future, event->message, event->code);
  } else if (ending.asked && parigot_same_id(event->call, ending.call)) {
    clean_up(ending.code);
  }
}

static bool settle_broken(void) {
  parigot_future *future = broken;
  if (!future) return false;
  broken = future->next;
  if (!broken) broken_end = &broken;
  settle(future, (parigot_message){0}, future->code);
  return true;
}

static __attribute__((noinline)) int32_t turn(int32_t timeout) {
  parigot_event event;
  end_event_memory();
  if (settle_broken()) return PARIGOT_OK;
  int32_t code = parigot_read_one(timeout, &event);
  if (code) return code;
  switch (event.kind) {
    case PARIGOT_EVENT_CALL:
      handle_call(&event);
      break;
    case PARIGOT_EVENT_RESOLVED:
      handle_resolved(&event);
      break;
    case PARIGOT_EVENT_EXIT:
      clean_up(event.code);
      parigot_quit(event.code);
    case PARIGOT_EVENT_NONE:
      break;
  }
  return PARIGOT_OK;
}

int32_t parigot_run_one(int32_t timeout) { return turn(timeout); }

_Noreturn void parigot_run(void) {
  for (;;) {
    int32_t code = turn(-1);
    if (!code || code == PARIGOT_READ_ONE_TIMEOUT) continue;
    parigot_error("no event can be read", "code=%d error=%s", code, parigot_error_name(code));
    /* One bad event is dropped; a kernel that gives none at all ends us. */
    if (code != PARIGOT_UNMARSHAL_FAILED) parigot_quit(1);
  }
}

int parigot_main(int argc, char **argv);

void _start(void) {
  look_around();
  int code = parigot_main(parigot_argc(), parigot_argv());
  if (code) parigot_quit(code);
  parigot_run();
}
