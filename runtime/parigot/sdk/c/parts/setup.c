/* The kernel, and those of its calls that are made once in a while. Requests are written into one static buffer, or into the event's memory
 * when they are larger; small answers come into a buffer apart from the one that holds the event, so that a
 * handler may call the kernel while it still reads its request. */

#define KERNEL(name) IMPORT("parigot", name)

KERNEL("register_") int64_t kernel_register(uint32_t length, const void *in, void *out, int32_t *error);
KERNEL("require_") int64_t kernel_require(uint32_t length, const void *in, void *out, int32_t *error);
KERNEL("export_") int64_t kernel_export(uint32_t length, const void *in, void *out, int32_t *error);
KERNEL("launch_") int64_t kernel_launch(uint32_t length, const void *in, void *out, int32_t *error);
KERNEL("locate_") int64_t kernel_locate(uint32_t length, const void *in, void *out, int32_t *error);
KERNEL("bind_method_") int64_t kernel_bind_method(uint32_t length, const void *in, void *out, int32_t *error);
KERNEL("dispatch_") int64_t kernel_dispatch(uint32_t length, const void *in, void *out, int32_t *error);
KERNEL("read_one_") int64_t kernel_read_one(uint32_t length, const void *in, void *out, int32_t *error);
KERNEL("return_value_") int64_t kernel_return_value(uint32_t length, const void *in, void *out, int32_t *error);
KERNEL("exit_") int64_t kernel_exit(uint32_t length, const void *in, void *out, int32_t *error);
KERNEL("block_until_call_") int64_t kernel_block(uint32_t length, const void *in, void *out, int32_t *error);

/* What the kernel reads of us; runtime/parigot/sdk/c/postlink.py makes real globals of them. */
const uint32_t parigot_abi = 1;
const uint32_t parigot_receive_buffer_size = PARIGOT_RECEIVE_BUFFER;

static uint8_t request_buffer[1024];
static uint8_t answer_buffer[PARIGOT_RECEIVE_BUFFER] __attribute__((aligned(16)));
static uint8_t event_buffer[PARIGOT_RECEIVE_BUFFER] __attribute__((aligned(16)));
static int32_t error_cell;

static const char type_prefix[] = "type.googleapis.com/";
#define TYPE_PREFIX ((uint32_t)sizeof type_prefix - 1)

typedef int64_t (*kernel_function)(uint32_t, const void *, void *, int32_t *);

static inline int32_t call(kernel_function function, parigot_bytes in, uint8_t *out, parigot_bytes *response) {
  if (!in.data && in.length) return PARIGOT_MARSHAL_FAILED;
  error_cell = 0;
  int64_t result = function(in.length, in.data, out, &error_cell);
  if (response) *response = (parigot_bytes){out, result ? (uint32_t)((uint64_t)result >> 32) : 0};
  return error_cell;
}

static inline int32_t finish(kernel_function function, parigot_writer *writer, parigot_bytes *response) {
  if (writer->failed) return PARIGOT_MARSHAL_FAILED;
  return call(function, parigot_written(writer), answer_buffer, response);
}

static inline parigot_writer request(void) { return parigot_write(request_buffer, sizeof request_buffer); }

int32_t parigot_raw(parigot_operation operation, parigot_bytes in, parigot_bytes *response) {
  static const kernel_function functions[] = {
      kernel_register, kernel_require,  kernel_export,   kernel_launch,       kernel_locate, kernel_bind_method,
      kernel_dispatch, kernel_read_one, kernel_return_value, kernel_exit, kernel_block,
  };
  if ((uint32_t)operation >= sizeof functions / sizeof *functions) return PARIGOT_NOT_FOUND;
  return call(functions[operation], in, answer_buffer, response);
}

/* The first id among the fields of `message` that has this number. */
static int32_t id_field(parigot_bytes message, uint32_t number, parigot_id *id) {
  parigot_reader reader = parigot_read(message);
  parigot_field field;
  *id = PARIGOT_NO_ID;
  while (parigot_next(&reader, &field))
    if (field.number == number && field.wire == PARIGOT_BYTES && !parigot_read_id(field.bytes, id))
      return PARIGOT_UNMARSHAL_FAILED;
  return reader.malformed ? PARIGOT_UNMARSHAL_FAILED : PARIGOT_OK;
}

static void put_names(parigot_writer *writer, uint32_t number, const parigot_name *names, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    uint32_t mark = parigot_begin(writer, number);
    parigot_put_string(writer, 1, names[i].package);
    parigot_put_string(writer, 2, names[i].service);
    parigot_end(writer, mark);
  }
}

int32_t parigot_register(const char *debug_name, parigot_id *service) {
  parigot_writer writer = request();
  parigot_bytes response;
  parigot_put_id(&writer, 1, world.host);
  parigot_put_string(&writer, 2, debug_name);
  int32_t code = finish(kernel_register, &writer, &response);
  return code ? code : id_field(response, 1, service);
}

int32_t parigot_require(parigot_id source, const parigot_name *names, uint32_t count) {
  parigot_writer writer = request();
  put_names(&writer, 1, names, count);
  parigot_put_id(&writer, 2, source);
  return finish(kernel_require, &writer, NULL);
}

int32_t parigot_export(parigot_id service, const parigot_name *names, uint32_t count) {
  parigot_writer writer = request();
  parigot_put_id(&writer, 1, service);
  put_names(&writer, 2, names, count);
  parigot_put_id(&writer, 3, world.host);
  return finish(kernel_export, &writer, NULL);
}

int32_t parigot_bind_method(parigot_id service, const char *method, parigot_direction direction, parigot_id *id) {
  parigot_writer writer = request();
  parigot_bytes response;
  parigot_put_id(&writer, 1, world.host);
  parigot_put_id(&writer, 2, service);
  parigot_put_string(&writer, 3, method);
  parigot_put_int(&writer, 4, direction);
  int32_t code = finish(kernel_bind_method, &writer, &response);
  return code ? code : id_field(response, 1, id);
}

int32_t parigot_launch_raw(parigot_id service, parigot_id call_id, parigot_id method) {
  parigot_writer writer = request();
  parigot_put_id(&writer, 1, service);
  parigot_put_id(&writer, 2, call_id);
  parigot_put_id(&writer, 3, world.host);
  parigot_put_id(&writer, 4, method);
  return finish(kernel_launch, &writer, NULL);
}

int32_t parigot_locate(const char *package, const char *service, parigot_id called_by, parigot_service *found) {
  parigot_writer writer = request();
  parigot_put_string(&writer, 1, package);
  parigot_put_string(&writer, 2, service);
  parigot_put_id(&writer, 3, called_by);
  int32_t code = finish(kernel_locate, &writer, &found->wire);
  if (!code) code = id_field(found->wire, 1, &found->host);
  return code ? code : id_field(found->wire, 2, &found->service);
}

int32_t parigot_find_method(const parigot_service *service, const char *name, parigot_method *method) {
  parigot_reader reader = parigot_read(service->wire), binding;
  parigot_field field, inner;
  while (parigot_next(&reader, &field)) {
    if (field.number != 3 || field.wire != PARIGOT_BYTES) continue;
    bool same = false;
    binding = parigot_read(field.bytes);
    while (parigot_next(&binding, &inner))
      if (inner.number == 1 && inner.wire == PARIGOT_BYTES) same = parigot_same(inner.bytes, name);
    if (!same) continue;
    parigot_id id;
    int32_t code = id_field(field.bytes, 2, &id);
    if (!code) parigot_method_from_ids(method, service->service, id);
    return code;
  }
  return PARIGOT_NOT_FOUND;
}

int32_t parigot_locate_method(const char *package, const char *service, const char *name, parigot_id called_by,
                              parigot_method *method) {
  parigot_service found;
  int32_t code = parigot_locate(package, service, called_by, &found);
  return code ? code : parigot_find_method(&found, name, method);
}

void parigot_method_from_ids(parigot_method *method, parigot_id service, parigot_id id) {
  method->service = service;
  method->method = id;
  uint8_t *at = put_id(method->prefix, 1, world.host);
  at = put_id(at, 2, service);
  at = put_id(at, 3, id);
  method->prefix_length = (uint32_t)(at - method->prefix);
}

int32_t parigot_exit_raw(parigot_id service, parigot_id call_id, int32_t code, bool shutdown_all) {
  parigot_writer writer = request();
  uint32_t pair = parigot_begin(&writer, 1);
  parigot_put_id(&writer, 1, service);
  parigot_put_int(&writer, 2, code);
  parigot_end(&writer, pair);
  parigot_put_id(&writer, 2, call_id);
  parigot_put_id(&writer, 3, world.host);
  parigot_put_id(&writer, 4, PARIGOT_EXIT_METHOD);
  parigot_put_uint(&writer, 5, shutdown_all);
  return finish(kernel_exit, &writer, NULL);
}
