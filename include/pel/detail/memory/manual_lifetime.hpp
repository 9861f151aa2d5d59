// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Room for an object that is made later, or never: until then nothing of it is written, so that a member which only a
// rare path needs costs the hot path nothing.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <new>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class T>
class manual_lifetime {
public:
    manual_lifetime() noexcept {}
    ~manual_lifetime() {}
    manual_lifetime(const manual_lifetime&) = delete;
    manual_lifetime& operator=(const manual_lifetime&) = delete;

    template <class... Arguments>
    T& emplace(Arguments&&... arguments) {
        return *::new (static_cast<void*>(&value)) T(std::forward<Arguments>(arguments)...);
    }
    // Require: emplaced, and not ended since.
    T& get() noexcept { return value; }
    void end() noexcept { value.~T(); }
    T take() {
        T taken(std::move(value));
        value.~T();
        return taken;
    }

private:
    union {
        T value;
    };
};

} // namespace detail
PEL_NAMESPACE_END
