/* The catalog: what the shop sells, and for how much. */
#include "shop/catalog/v1/catalog.pb.h"

typedef struct {
  const char *id, *name, *description;
  int64_t units;
  int32_t nanos;
  const char *categories[2];
} product;

static const product products[] = {
    {"sunglasses", "Sunglasses", "Round glasses for bright days.", 19, 990000000, {"accessories", 0}},
    {"tank-top", "Tank Top", "Light cotton, cropped.", 18, 990000000, {"clothing", 0}},
    {"watch", "Watch", "Keeps the time, and looks at home on any wrist.", 109, 990000000, {"accessories", 0}},
    {"loafers", "Loafers", "Leather shoes for the city.", 89, 990000000, {"clothing", "footwear"}},
    {"hairdryer", "Hairdryer", "Dries in minutes; folds for travel.", 24, 990000000, {"beauty", "home"}},
    {"candle-holder", "Candle Holder", "Brass, for one candle.", 18, 990000000, {"home", "decor"}},
    {"salt-shakers", "Salt & Pepper Shakers", "A pair for the table.", 18, 490000000, {"kitchen", 0}},
    {"bamboo-jar", "Bamboo Glass Jar", "Holds a litre and closes tightly.", 5, 490000000, {"kitchen", "home"}},
    {"mug", "Mug", "A plain mug with a thick handle.", 8, 990000000, {"kitchen", 0}},
};
enum { PRODUCTS = sizeof products / sizeof *products };

static shop_catalog_v1_Product shown[PRODUCTS];

/* Messages point at what they hold, so the whole catalog is made once, before anybody asks. */
static void make(void) {
  static shop_v1_Money prices[PRODUCTS];
  static parigot_bytes categories[PRODUCTS][2];
  for (int i = 0; i < PRODUCTS; i++) {
    const product *one = &products[i];
    prices[i] =
        (shop_v1_Money){.currency = parigot_text("USD"), .units = one->units, .nanos = one->nanos};
    uint32_t count = 0;
    for (; count < 2 && one->categories[count]; count++)
      categories[i][count] = parigot_text(one->categories[count]);
    shown[i] = (shop_catalog_v1_Product){
        .id = parigot_text(one->id),
        .name = parigot_text(one->name),
        .description = parigot_text(one->description),
        .price = &prices[i],
        .categories = {.items = categories[i], .count = count},
    };
  }
}

static void list(shop_catalog_v1_Catalog_list_call *call, void *user) {
  (void)user;
  shop_catalog_v1_ListResponse reply = {.products = {.items = shown, .count = PRODUCTS}};
  shop_catalog_v1_Catalog_list_reply(call, &reply);
}

static void get(shop_catalog_v1_Catalog_get_call *call, const shop_catalog_v1_GetRequest *request, void *user) {
  (void)user;
  for (int i = 0; i < PRODUCTS; i++) {
    if (!parigot_same(request->id, products[i].id)) continue;
    shop_catalog_v1_GetResponse reply = {.product = &shown[i]};
    shop_catalog_v1_Catalog_get_reply(call, &reply);
    return;
  }
  parigot_warn("nobody sells that", "product=%s", parigot_quote(parigot_string(request->id)));
  shop_catalog_v1_Catalog_get_fail(call, shop_catalog_v1_CatalogErr_UnknownProduct);
}

static char small(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c; }

/* Whether `text` holds `words`, without regard to the case of ASCII letters. */
static bool holds(const char *text, parigot_bytes words) {
  for (; *text; text++) {
    uint32_t i = 0;
    while (i < words.length && text[i] && small(text[i]) == small((char)words.data[i])) i++;
    if (i == words.length) return true;
  }
  return words.length == 0;
}

static void search(shop_catalog_v1_Catalog_search_call *call, const shop_catalog_v1_SearchRequest *request,
                   void *user) {
  (void)user;
  shop_catalog_v1_Product found[PRODUCTS];
  uint32_t count = 0;
  for (int i = 0; i < PRODUCTS; i++)
    if (holds(products[i].name, request->words) || holds(products[i].description, request->words))
      found[count++] = shown[i];
  shop_catalog_v1_SearchResponse reply = {.products = {.items = found, .count = count}};
  shop_catalog_v1_Catalog_search_reply(call, &reply);
}

static const shop_catalog_v1_Catalog_server server = {.list = list, .get = get, .search = search};

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  make();
  return parigot_start(&(parigot_guest){
      .name = "catalog",
      .serves = {shop_catalog_v1_Catalog_serve(&server)},
  });
}
