/* Advertisements: those that go with what the customer looks at. */
#include "shop/ad/v1/ad.pb.h"

static const struct {
  const char *category, *product, *text;
} adverts[] = {
    {"clothing", "tank-top", "Tank tops, 20 % off."},
    {"accessories", "watch", "Buy one watch, get a second one for free."},
    {"footwear", "loafers", "Loafers: walk on leather."},
    {"beauty", "hairdryer", "Hairdryers at half the price."},
    {"decor", "candle-holder", "Candle holders for long evenings."},
    {"kitchen", "bamboo-jar", "Bamboo jars: buy three, pay for two."},
    {"home", "mug", "A mug for everyone at home."},
};
enum { ADVERTS = sizeof adverts / sizeof *adverts };

static bool fits(const char *category, const shop_ad_v1_GetRequest *request) {
  for (uint32_t i = 0; i < request->context.count; i++)
    if (parigot_same(request->context.items[i], category)) return true;
  return false;
}

static shop_ad_v1_Advert advert(int i) {
  return (shop_ad_v1_Advert){.product = parigot_text(adverts[i].product), .text = parigot_text(adverts[i].text)};
}

static void get(shop_ad_v1_Ad_get_call *call, const shop_ad_v1_GetRequest *request, void *user) {
  (void)user;
  shop_ad_v1_Advert found[ADVERTS];
  uint32_t count = 0;
  for (int i = 0; i < ADVERTS; i++)
    if (fits(adverts[i].category, request)) found[count++] = advert(i);
  if (count == 0) found[count++] = advert(0);
  shop_ad_v1_GetResponse reply = {.adverts = {.items = found, .count = count}};
  shop_ad_v1_Ad_get_reply(call, &reply);
}

static const shop_ad_v1_Ad_server server = {.get = get};

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  return parigot_start(&(parigot_guest){.name = "ad", .serves = {shop_ad_v1_Ad_serve(&server)}});
}
