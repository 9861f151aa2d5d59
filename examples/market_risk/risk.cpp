// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "risk.hpp"

#include "moments.hpp"

#include <pel/algorithm/integer_sort.hpp>
#include <pel/algorithm/nth_element.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/policy.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace market_risk {

namespace {

constexpr double normal_97_5 = 1.959964; // 95 % of a normal distribution are nearer to its mean than so many deviations

/// Returns: f(first) + … + f(last - 1).
template <class Function>
double sum_of(std::size_t first, std::size_t last, Function f) {
    return pel::parallel_reduce(pel::par.deterministic(), first, last, 0.0, f, std::plus<>());
}

/// The worst of `count` outcomes that a level is about.
struct tail {
    tail(unsigned percent, std::size_t count)
        : level(percent / 100.0), size(static_cast<double>(count * (100 - percent)) / 100),
          whole(count * (100 - percent) / 100) {}

    double level, size;
    std::size_t whole; // so many are worse than the quantile, which stands at this rank
};

/// Scenarios, the worst one first; of equal ones that with the lower number.
class ranking {
public:
    explicit ranking(const std::vector<double>& profits) : order_(profits.size()) {
        pel::parallel_for(std::size_t{0}, order_.size(),
                          [&](std::size_t i) { order_[i] = {profits[i], static_cast<std::uint32_t>(i)}; });
        pel::integer_sort(order_, [](const outcome& each) { return each.profit; });
    }

    std::size_t size() const noexcept { return order_.size(); }
    std::uint32_t scenario(std::size_t rank) const { return order_[rank].scenario; }
    double loss(std::size_t rank) const { return -order_[rank].profit; }
    /// Of ranks that may be beyond the ends.
    double loss_near(double rank) const {
        return loss(static_cast<std::size_t>(std::clamp(rank, 0.0, static_cast<double>(size() - 1))));
    }

    /// Returns: the average over the tail of what f(rank) is; the quantile itself fills it up if its size is not whole.
    template <class Function>
    double tail_average(const tail& worst, Function f) const {
        const double sum = sum_of(0, worst.whole, f);
        return (sum + (worst.size - static_cast<double>(worst.whole)) * f(worst.whole)) / worst.size;
    }

private:
    struct outcome {
        double profit;
        std::uint32_t scenario;
    };
    std::vector<outcome> order_;
};

/// How many outcomes are worse than the true quantile is binomially distributed.
estimate quantile_of(const ranking& ranked, const tail& worst) {
    const double spread = normal_97_5 * std::sqrt(worst.size * worst.level);
    return {ranked.loss(worst.whole), ranked.loss_near(std::ceil(worst.size + spread)),
            ranked.loss_near(std::floor(worst.size - spread))};
}

estimate shortfall_of(const ranking& ranked, const tail& worst, double quantile) {
    const double shortfall = ranked.tail_average(worst, [&](std::size_t rank) { return ranked.loss(rank); });
    const double variance = ranked.tail_average(worst, [&](std::size_t rank) {
        const double off = ranked.loss(rank) - shortfall;
        return off * off;
    });
    const double beyond = shortfall - quantile;
    const double error = normal_97_5 * std::sqrt((variance + worst.level * beyond * beyond) / worst.size);
    return {shortfall, shortfall - error, shortfall + error};
}

class components {
public:
    components(const profit_and_loss& of, const ranking& ranked) : of_(of), ranked_(ranked) {}

    /// Returns: what each underlying loses where all together lose about the quantile: on the average over the ranks
    /// around it, a tenth of the tail to each side. What is missing to the quantile is shared out by size.
    std::vector<double> of_quantile(const tail& worst, double quantile) const {
        const std::size_t around = worst.whole / 10;
        const std::size_t first = worst.whole - around, last = std::min(worst.whole + around + 1, ranked_.size());
        std::vector<double> parts = for_each_underlying([&](std::size_t i) {
            return sum_of(first, last, [&](std::size_t rank) { return loss(rank, i); }) /
                   static_cast<double>(last - first);
        });
        double sum = 0, sizes = 0;
        for (const double part : parts) sum += part, sizes += std::abs(part);
        if (sizes == 0) return parts;
        for (double& part : parts) part += (quantile - sum) * std::abs(part) / sizes;
        return parts;
    }

    std::vector<double> of_shortfall(const tail& worst) const {
        return for_each_underlying([&](std::size_t i) {
            return ranked_.tail_average(worst, [&](std::size_t rank) { return loss(rank, i); });
        });
    }

    /// Returns: the quantile of each underlying's own losses.
    std::vector<double> alone(const tail& worst) const {
        return for_each_underlying([&](std::size_t i) {
            std::vector<double> profits(of_.totals.size());
            for (std::size_t s = 0; s != profits.size(); ++s) profits[s] = of_.by_underlying[s * of_.underlyings + i];
            const auto nth = profits.begin() + static_cast<std::ptrdiff_t>(worst.whole);
            pel::nth_element(profits, nth);
            return 0 - *nth; // not -0
        });
    }

private:
    double loss(std::size_t rank, std::size_t underlying) const {
        return -of_.by_underlying[ranked_.scenario(rank) * of_.underlyings + underlying];
    }

    template <class Function>
    std::vector<double> for_each_underlying(Function f) const {
        std::vector<double> result(of_.underlyings);
        pel::parallel_for(std::size_t{0}, result.size(), [&](std::size_t i) { result[i] = f(i); });
        return result;
    }

    const profit_and_loss& of_;
    const ranking& ranked_;
};

risk_at_level measure_at(unsigned percent, const profit_and_loss& of, const ranking& ranked) {
    const tail worst(percent, ranked.size());
    const components parts(of, ranked);
    risk_at_level result;
    result.percent = percent;
    result.value_at_risk = quantile_of(ranked, worst);
    result.expected_shortfall = shortfall_of(ranked, worst, result.value_at_risk.value);
    result.value_at_risk_alone = parts.alone(worst);
    result.component_of_value_at_risk = parts.of_quantile(worst, result.value_at_risk.value);
    result.component_of_shortfall = parts.of_shortfall(worst);
    return result;
}

} // namespace

risk measure_risk(const profit_and_loss& of, std::size_t worst) {
    const ranking ranked(of.totals);
    const std::size_t count = ranked.size();
    risk result;
    result.mean = sum_of(0, count, [&](std::size_t i) { return of.totals[i]; }) / static_cast<double>(count);
    const double squares = sum_of(0, count, [&](std::size_t i) {
        const double off = of.totals[i] - result.mean;
        return off * off;
    });
    result.deviation = std::sqrt(squares / static_cast<double>(count - 1));
    for (const unsigned percent : levels) result.at.push_back(measure_at(percent, of, ranked));
    for (std::size_t rank = 0; rank != std::min(worst, count); ++rank) result.worst.push_back(ranked.scenario(rank));
    return result;
}

} // namespace market_risk
