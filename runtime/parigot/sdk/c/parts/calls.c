/* The three calls that every call between guests goes through: dispatch, return_value, read_one. They write
 * and read the wire by hand, and copy a message once. */

/* An Any with its tag, straight into a place that is known to be large enough (any_size). */
static inline uint32_t any_size(uint32_t type, uint32_t value) { return TYPE_PREFIX + type + value + 32; }

static inline uint8_t *put_any(uint8_t *at, uint32_t number, parigot_bytes type, parigot_bytes value) {
  uint32_t url = TYPE_PREFIX + type.length;
  uint32_t inner = 1 + varint_size(url) + url + (value.length ? 1 + varint_size(value.length) + value.length : 0);
  at = varint(tag(at, number, PARIGOT_BYTES), inner);
  *at++ = 0x0a;
  at = varint(at, url);
  at = copy(at, type_prefix, TYPE_PREFIX);
  at = copy(at, type.data, type.length);
  if (!value.length) return at;
  *at++ = 0x12;
  at = varint(at, value.length);
  return copy(at, value.data, value.length);
}

static inline uint8_t *large_request(uint32_t size) {
  return size <= sizeof request_buffer ? request_buffer : parigot_alloc(size);
}

int32_t parigot_dispatch_raw(const parigot_method *method, parigot_id call_id, const char *type,
                             parigot_bytes message) {
  parigot_bytes name = parigot_text(type);
  if (message.length > 0x3fffffffu) return PARIGOT_DATA_TOO_LARGE;
  uint8_t *start = large_request(128 + any_size(name.length, message.length));
  if (!start) return PARIGOT_MARSHAL_FAILED;
  start[0] = 0x0a;
  uint8_t *at = put_id(copy(start + 2, method->prefix, method->prefix_length), 4, call_id);
  start[1] = (uint8_t)(at - start - 2); /* at most 4 * 25 */
  at = put_any(at, 3, name, message);
  return call(kernel_dispatch, (parigot_bytes){start, (uint32_t)(at - start)}, answer_buffer, NULL);
}

int32_t parigot_return_value(parigot_bytes bundle, const char *type, parigot_bytes message, int32_t code) {
  parigot_bytes name = parigot_text(type ? type : "");
  if (message.length > 0x3fffffffu) return PARIGOT_DATA_TOO_LARGE;
  uint8_t *start = large_request(bundle.length + 32 + any_size(name.length, message.length));
  if (!start) return PARIGOT_MARSHAL_FAILED;
  uint8_t *at = start;
  *at++ = 0x0a;
  at = copy(varint(at, bundle.length), bundle.data, bundle.length);
  if (name.length) at = put_any(at, 2, name, message);
  if (code) *at++ = 0x18, at = varint(at, (uint64_t)(int64_t)code);
  return call(kernel_return_value, (parigot_bytes){start, (uint32_t)(at - start)}, answer_buffer, NULL);
}

/* ---- events ---- */

static inline bool read_any(parigot_bytes any, parigot_message *message) {
  parigot_reader reader = parigot_read(any);
  parigot_field field;
  while (parigot_next(&reader, &field)) {
    if (field.wire != PARIGOT_BYTES) continue;
    if (field.number == 2) message->value = field.bytes;
    if (field.number == 1) {
      message->type = field.bytes;
      for (uint32_t i = field.bytes.length; i-- > 0;)
        if (field.bytes.data[i] == '/') {
          message->type = (parigot_bytes){field.bytes.data + i + 1, field.bytes.length - i - 1};
          break;
        }
    }
  }
  return !reader.malformed;
}

static inline bool read_bundle(parigot_bytes bundle, parigot_event *event) {
  parigot_reader reader = parigot_read(bundle);
  parigot_field field;
  bool good = true;
  event->bundle = bundle;
  while (parigot_next(&reader, &field)) {
    if (field.wire != PARIGOT_BYTES) continue;
    if (field.number == 2) good &= parigot_read_id(field.bytes, &event->service);
    if (field.number == 3) good &= parigot_read_id(field.bytes, &event->method);
    if (field.number == 4) good &= parigot_read_id(field.bytes, &event->call);
  }
  return good && !reader.malformed;
}

/* A ResolvedCall or an ExitPair: they differ in the numbers of their fields. */
static inline bool read_outcome(parigot_bytes outcome, parigot_event *event, bool resolved) {
  parigot_reader reader = parigot_read(outcome);
  parigot_field field;
  bool good = true;
  while (parigot_next(&reader, &field)) {
    if (field.wire == PARIGOT_VARINT && field.number == (resolved ? 5 : 2)) event->code = (int32_t)field.value;
    if (field.wire != PARIGOT_BYTES) continue;
    if (!resolved && field.number == 1) good &= parigot_read_id(field.bytes, &event->service);
    if (resolved && field.number == 2) good &= parigot_read_id(field.bytes, &event->call);
    if (resolved && field.number == 4) good &= read_any(field.bytes, &event->message);
  }
  return good && !reader.malformed;
}

int32_t parigot_read_one(int32_t timeout, parigot_event *event) {
  /* Waiting for ever is the loop's usual request; it is always the same bytes. */
  static uint8_t for_ever[48];
  static uint32_t for_ever_length;
  uint8_t other[48];
  uint8_t *in = timeout < 0 ? for_ever : other;
  uint32_t length = timeout < 0 ? for_ever_length : 0;
  if (!length) {
    uint8_t *at = in;
    if (timeout) *at++ = 0x08, at = varint(at, (uint64_t)(int64_t)(timeout < 0 ? -1 : timeout));
    length = (uint32_t)(put_id(at, 2, world.host) - in);
    if (timeout < 0) for_ever_length = length;
  }
  parigot_bytes response;
  *event = (parigot_event){0};
  int32_t code = call(kernel_read_one, (parigot_bytes){in, length}, event_buffer, &response);
  if (code) return code;

  parigot_reader reader = parigot_read(response);
  parigot_field field;
  bool good = true;
  while (parigot_next(&reader, &field)) {
    if (field.wire == PARIGOT_VARINT && field.number == 4) event->code = (int32_t)field.value;
    if (field.wire != PARIGOT_BYTES) continue;
    switch (field.number) {
      case 2:
        event->kind = PARIGOT_EVENT_CALL;
        good &= read_bundle(field.bytes, event);
        break;
      case 3:
        good &= read_any(field.bytes, &event->message);
        break;
      case 5:
        event->kind = PARIGOT_EVENT_RESOLVED;
        good &= read_outcome(field.bytes, event, true);
        break;
      case 6:
        event->kind = PARIGOT_EVENT_EXIT;
        good &= read_outcome(field.bytes, event, false);
        break;
    }
  }
  return good && !reader.malformed ? PARIGOT_OK : PARIGOT_UNMARSHAL_FAILED;
}
