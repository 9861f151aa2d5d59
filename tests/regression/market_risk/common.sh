# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the tests of market_risk share: sourced with the program as $1. Makes a market of two underlyings, and a book.
# shellcheck source=tests/support/application.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../support/application.sh" "$1"

header=position,underlying,kind,right,strike,barrier,fixings,expiry_days,quantity

# make_market CORRELATION
make_market() {
    cat >market.csv <<END
underlying,spot,volatility,dividend_yield,ONE,TWO
ONE,60,0.3,0,1,$1
TWO,40,0.5,0.02,$1,1
END
}

# make_book LINE...: without the header.
make_book() {
    echo "$header" >book.csv
    printf '%s\n' "$@" >>book.csv
}

make_market 0.6
printf 'years,zero_rate\n1,0.08\n' >rates.csv
make_book A,ONE,european,call,65,,,63,100 B,TWO,down_and_out,put,40,30,,126,-50
tables=(book.csv --market market.csv --rates rates.csv)
few=(--pairs 500 --scenarios 500)

# What is the same in all awk programs here: the normal distribution by Simpson's rule, and Black and Scholes.
# shellcheck disable=SC2034,SC2016
formulas='
    function phi(x,   n, i, h, sum) {
        n = 100; h = x / n; sum = 0
        for (i = 0; i <= n; ++i) sum += (i == 0 || i == n ? 1 : i % 2 ? 4 : 2) * exp(-(i * h) ^ 2 / 2)
        return 0.5 + sum * h / 3 / sqrt(2 * atan2(0, -1))
    }
    function call(s, k, t, r, q, v,   d) {
        d = (log(s / k) + (r - q + v * v / 2) * t) / (v * sqrt(t))
        return s * exp(-q * t) * phi(d) - k * exp(-r * t) * phi(d - v * sqrt(t))
    }
    function size(x) { return x < 0 ? -x : x }'
