// Checks a log and its proofs with Go's own implementation (golang.org/x/mod/sumdb).
//
// Reads what lab/evidence/oracle.py wrote: the log's verifier key, its checkpoint, its entries, and
// proofs. Prints one line a check that fails, and the number of checks.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var checks, failures int

func check(good bool, format string, args ...interface{}) {
	checks++
	if !good {
		failures++
		fmt.Printf("FAILS: "+format+"\n", args...)
	}
}

func read(dir, name string) []byte {
	held, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		panic(err)
	}
	return held
}

func hash(text string) (h tlog.Hash) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != 32 {
		panic(text)
	}
	copy(h[:], raw)
	return
}

func main() {
	dir := os.Args[1]
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(dir, "key"))))
	if err != nil {
		panic(err)
	}
	// Every note: the log's own and the collectors'.
	signed, err := note.Open(read(dir, "log/checkpoint"), note.VerifierList(verifier))
	check(err == nil, "checkpoint: %v", err)
	lines := strings.Split(signed.Text, "\n")
	size, _ := strconv.ParseInt(lines[1], 10, 64)
	root := hash(lines[2])
	collector, err := note.NewVerifier(strings.TrimSpace(string(read(dir, "collector"))))
	if err != nil {
		panic(err)
	}

	// The tree, anew, over the entries.
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, hashes[i])
		}
		return
	})
	entries := bytes.Split(read(dir, "entries"), []byte{0})
	for i, entry := range entries {
		stored, err := tlog.StoredHashes(int64(i), entry, reader)
		if err != nil {
			panic(err)
		}
		hashes = append(hashes, stored...)
		if i > 0 {
			_, err = note.Open(entry, note.VerifierList(collector))
			check(err == nil, "entry %d is not signed by its collector: %v", i, err)
		}
	}
	check(int64(len(entries)) == size, "%d entries, %d signed", len(entries), size)
	found, _ := tlog.TreeHash(size, reader)
	check(found == root, "root %v, signed %v", found, root)

	// Proofs: "inclusion INDEX SIZE HASH..." and "consistency OLD NEW HASH...".
	scanner := bufio.NewScanner(bytes.NewReader(read(dir, "proofs")))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		fields := strings.Fields(scanner.Text())
		a, _ := strconv.ParseInt(fields[1], 10, 64)
		b, _ := strconv.ParseInt(fields[2], 10, 64)
		var path []tlog.Hash
		for _, one := range fields[3:] {
			path = append(path, hash(one))
		}
		whole, _ := tlog.TreeHash(b, reader)
		if fields[0] == "inclusion" {
			err = tlog.CheckRecord(path, b, whole, a, tlog.RecordHash(entries[a]))
		} else {
			part, _ := tlog.TreeHash(a, reader)
			err = tlog.CheckTree(path, b, whole, a, part)
		}
		check(err == nil, "%s %d %d: %v", fields[0], a, b, err)
	}

	// Tiles: Go's height is 8 too; its names differ, the bytes must not.
	for _, tile := range tlog.NewTiles(8, 0, size) {
		width := ""
		if tile.W != 256 {
			width = fmt.Sprintf(".p/%d", tile.W)
		}
		held, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("log/tile/%d/%03d%s", tile.L, tile.N, width)))
		if err != nil {
			continue // a partial one that a full one has replaced
		}
		wanted, err := tlog.ReadTileData(tile, reader)
		check(err == nil && bytes.Equal(held, wanted), "tile %v differs", tile)
	}
	fmt.Printf("%d checks by Go, %d failed\n", checks, failures)
	if failures > 0 {
		os.Exit(1)
	}
}
