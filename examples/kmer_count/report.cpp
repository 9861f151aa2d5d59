// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report.hpp"

namespace kmer_count {

std::string histogram_text(const summary& counted) {
    std::string text;
    for (const auto& [multiplicity, kmers] : counted.multiplicities.entries()) {
        text += std::to_string(multiplicity) + ' ' + std::to_string(kmers) + '\n';
    }
    return text;
}

std::string top_text(const summary& counted, unsigned k) {
    std::string text = "# records " + std::to_string(counted.text.records) + ", bases " +
                       std::to_string(counted.text.bases) + ", other letters " +
                       std::to_string(counted.text.other_letters) + "\n# canonical " + std::to_string(k) + "-mers " +
                       std::to_string(counted.multiplicities.kmers()) + ", different ones " +
                       std::to_string(counted.multiplicities.different_kmers()) + '\n';
    for (const counted_kmer& entry : counted.top) {
        text += to_text(entry.value, k) + ' ' + std::to_string(entry.count) + '\n';
    }
    return text;
}

std::string report_text(const summary& counted, const settings& chosen) {
    std::string text;
    if (chosen.show_histogram) text += histogram_text(counted);
    if (chosen.show_top) text += top_text(counted, chosen.k);
    return text;
}

} // namespace kmer_count
