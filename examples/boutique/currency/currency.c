/* Currency: converts money by a table of rates. */
#include "shop/currency/v1/currency.pb.h"

/* Ten-thousandths of what a euro is worth. */
static const struct {
  const char *currency;
  int64_t rate;
} rates[] = {
    {"EUR", 10000}, {"USD", 11305}, {"GBP", 8597},  {"JPY", 1264000}, {"CHF", 11360},
    {"SEK", 105375}, {"DKK", 74609}, {"PLN", 42996}, {"CAD", 15128},  {"AUD", 16072},
};
enum { RATES = sizeof rates / sizeof *rates };
static const int64_t BILLION = 1000000000, MOST_UNITS = 1000000000000; /* no product below needs more than 64 bits */

static int64_t rate_of(parigot_bytes currency) {
  for (int i = 0; i < RATES; i++)
    if (parigot_same(currency, rates[i].currency)) return rates[i].rate;
  return 0;
}

static bool is_amount(const shop_v1_Money *money) {
  int64_t units = money->units, nanos = money->nanos;
  bool one_sign = (units >= 0 && nanos >= 0) || (units <= 0 && nanos <= 0);
  return one_sign && nanos > -BILLION && nanos < BILLION && units >= -MOST_UNITS && units <= MOST_UNITS;
}

/* amount * to / from, rounded to the nearest billionth: units first, then what is left of them. */
static void convert_by(shop_v1_Money *money, int64_t from, int64_t to) {
  int64_t sign = money->units < 0 || money->nanos < 0 ? -1 : 1;
  int64_t units = sign * money->units * to;
  int64_t nanos = (units % from * BILLION + sign * money->nanos * to + from / 2) / from;
  money->units = sign * (units / from + nanos / BILLION);
  money->nanos = (int32_t)(sign * (nanos % BILLION));
}

static void convert(shop_currency_v1_Currency_convert_call *call,
                    const shop_currency_v1_ConvertRequest *request, void *user) {
  (void)user;
  if (!request->from || !is_amount(request->from)) {
    shop_currency_v1_Currency_convert_fail(call, shop_currency_v1_CurrencyErr_BadAmount);
    return;
  }
  int64_t from = rate_of(request->from->currency), to = rate_of(request->to);
  if (!from || !to) {
    parigot_warn("no rate", "from=%s to=%s", parigot_quote(parigot_string(request->from->currency)),
                 parigot_quote(parigot_string(request->to)));
    shop_currency_v1_Currency_convert_fail(call, shop_currency_v1_CurrencyErr_UnknownCurrency);
    return;
  }
  shop_v1_Money money = *request->from;
  money.currency = request->to;
  convert_by(&money, from, to);
  shop_currency_v1_ConvertResponse reply = {.money = &money};
  shop_currency_v1_Currency_convert_reply(call, &reply);
}

static void list(shop_currency_v1_Currency_list_call *call, void *user) {
  (void)user;
  parigot_bytes names[RATES];
  for (int i = 0; i < RATES; i++) names[i] = parigot_text(rates[i].currency);
  shop_currency_v1_ListResponse reply = {.currencies = {.items = names, .count = RATES}};
  shop_currency_v1_Currency_list_reply(call, &reply);
}

static const shop_currency_v1_Currency_server server = {.list = list, .convert = convert};

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  return parigot_start(&(parigot_guest){
      .name = "currency",
      .serves = {shop_currency_v1_Currency_serve(&server)},
  });
}
