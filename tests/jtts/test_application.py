"""The compilation cache is shared by processes: an entry is there whole or not at all."""

import jax
import jax.numpy as jnp
import pytest
from jax._src import compilation_cache, lru_cache

from jtts import application


def test_entries_appear_whole(tmp_path, monkeypatch):
    cache = lru_cache.LRUCache(str(tmp_path), max_size=-1)
    seen = []
    replace = type(tmp_path).replace

    def watched(part, final):
        seen.append((final.exists(), part.read_bytes()))
        return replace(part, final)

    monkeypatch.setattr(type(tmp_path), "replace", watched)
    application.prepare()  # a second time changes nothing
    cache.put("program", b"all of it")
    assert seen == [(False, b"all of it")]
    assert cache.get("program") == b"all of it"


def test_a_kill_while_writing_leaves_no_entry(tmp_path, monkeypatch):
    cache = lru_cache.LRUCache(str(tmp_path), max_size=-1)

    def killed(part, final):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(tmp_path), "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        cache.put("program", b"all of it")
    assert cache.get("program") is None


def test_programs_go_through_it(tmp_path):
    """The name that is changed is the one that JAX calls."""
    folder = jax.config.jax_compilation_cache_dir
    least = jax.config.jax_persistent_cache_min_compile_time_secs
    try:
        compilation_cache.reset_cache()
        jax.config.update("jax_compilation_cache_dir", str(tmp_path))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
        jax.jit(lambda x: jnp.sin(x) + 0.123)(1.0)
    finally:
        jax.config.update("jax_persistent_cache_min_compile_time_secs", least)
        jax.config.update("jax_compilation_cache_dir", folder)
        compilation_cache.reset_cache()
    assert list(tmp_path.glob("*-cache"))
    assert lru_cache.LRUCache.put.whole


def test_programs_are_forgotten_before_memory_is_short(monkeypatch):
    compiled = jax.jit(lambda x: x + 0.456)
    compiled(1.0)
    monkeypatch.setattr(application, "MOST_MAPS", 10**9)  # this process may hold many already
    monkeypatch.setattr(application, "MOST_RESIDENT", 10**15)
    application.release_programs()
    assert compiled._cache_size() == 1
    monkeypatch.setattr(application, "MOST_RESIDENT", 0)
    application.release_programs()
    assert compiled._cache_size() == 0
