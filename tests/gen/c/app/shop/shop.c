/* The service shop.v1.Shop: answers at once, later, wrongly, or not at all. */
#include "shop/v1/shop.pb.h"

static struct {
  shop_v1_Shop_buy_thing_call *call;
  parigot_bytes name;
} waiting;

static void buy_thing(shop_v1_Shop_buy_thing_call *call, const shop_v1_BuyThingRequest *request, void *user) {
  shop_v1_BuyThingResponse reply = {.receipt = request->name};
  if (parigot_same(request->name, "gold")) {
    shop_v1_Shop_buy_thing_fail(call, shop_v1_ShopErr_SoldOut);
  } else if (parigot_same(request->name, "scribble")) {
    reply.note = (parigot_bytes){(const uint8_t *)"\xff", 1};
    shop_v1_Shop_buy_thing_reply(call, &reply);
  } else if (parigot_same(request->name, "rubble")) {
    parigot_reply((parigot_call *)call, "shop.v1.BuyThingResponse", parigot_text("\x0a\x7f"));
  } else if (parigot_same(request->name, "later")) {
    waiting.call = call;
    waiting.name = parigot_keep_bytes(request->name);
  } else {
    shop_v1_BuyThingRequest_Item item = {.picture = parigot_text(user)};
    bool ticks[] = {true, false, request->has_count_};
    reply.item = &item;
    reply.ticks.items = ticks;
    reply.ticks.count = 3;
    shop_v1_Shop_buy_thing_reply(call, &reply);
  }
}

static void open_shop(shop_v1_Shop_open_call *call, void *user) {
  (void)user;
  shop_v1_Shop_open_reply(call);
  if (!waiting.call) return;
  shop_v1_BuyThingResponse reply = {.receipt = waiting.name};
  shop_v1_Shop_buy_thing_reply(waiting.call, &reply);
  parigot_release(waiting.name.data);
  waiting.call = 0;
}

static void use(shop_v1_Shop_use__call *call, void *user) {
  (void)user;
  shop_v1_BuyThingResponse reply = {.note = parigot_text("used")};
  shop_v1_Shop_use__reply(call, &reply);
}

static void ready(void *user) { parigot_print("ready with %s\n", (const char *)user); }

static const shop_v1_Shop_server server = {
    .buy_thing = buy_thing, .open = open_shop, .use = use, .ready = ready, .user = "paint"};

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  return parigot_start(&(parigot_guest){.name = "shop", .serves = {shop_v1_Shop_serve(&server)}});
}
