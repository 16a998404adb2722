/* Tries whatever the shop may do, one thing after the other, and prints what came of it. */
#include "shop/v1/shop.pb.h"

static shop_v1_Shop_client shop, unknown;
static int outcomes;

static void outcome(void) {
  if (++outcomes == 11) parigot_exit(0);
}

static void bought(void *user, const shop_v1_BuyThingResponse *reply) {
  parigot_print("%s: receipt %s, picture %s, %u ticks, note %s\n", (const char *)user, parigot_string(reply->receipt),
                reply->item ? parigot_string(reply->item->picture) : "none", reply->ticks.count,
                parigot_string(reply->note));
  outcome();
}

static void opened(void *user) {
  parigot_print("%s: done\n", (const char *)user);
  outcome();
}

static void refused(void *user, int32_t code) {
  parigot_print("%s: %s (%d)\n", (const char *)user, shop_v1_ShopErr_name(code), code);
  outcome();
}

static void buy(const char *name) {
  void *user = (void *)(uintptr_t)name;
  shop_v1_BuyThingRequest request = {.name = parigot_text(name), .has_count_ = true};
  shop_v1_Shop_buy_thing_future future = shop_v1_Shop_buy_thing(&shop, &request);
  shop_v1_Shop_buy_thing_on_success(future, bought, user);
  shop_v1_Shop_buy_thing_on_failure(future, refused, user);
}

static void try_all(void) {
  buy("bread");
  buy("gold");
  buy("scribble");
  buy("rubble");
  buy("later");

  shop_v1_Shop_open_future open = shop_v1_Shop_open(&shop);
  shop_v1_Shop_open_on_success(open, opened, "open");
  shop_v1_Shop_use__on_success(shop_v1_Shop_use_(&shop), bought, "use");

  shop_v1_BuyThingRequest request = {.name = {(const uint8_t *)"\xff", 1}};
  shop_v1_Shop_buy_thing_on_failure(shop_v1_Shop_buy_thing(&shop, &request), refused, "no text");
  shop_v1_Shop_default_on_failure(shop_v1_Shop_default(&shop, &(shop_v1_BuyThingRequest){0}), refused, "no handler");
  shop_v1_Shop_open_on_failure(shop_v1_Shop_open(&unknown), refused, "not located");
  parigot_future *raw = parigot_dispatch(&shop.methods[0], shop_v1_BuyThingRequest_table.name, parigot_text("\x0a\x7f"));
  parigot_on_failure(raw, refused, "malformed");
}

static void ready(void *user) {
  parigot_print("ready with %s\n", (const char *)user);
  try_all();
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  return parigot_start(
      &(parigot_guest){.name = "customer", .uses = {shop_v1_Shop_use(&shop)}, .ready = ready, .user = "money"});
}
