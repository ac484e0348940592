// Checks a folder of `assay audit export` with Go's own implementation of the formats (golang.org/x/mod/sumdb), which
// shares no code with Assay. Debian: golang-go, golang-golang-x-mod-dev.
//
//	check FOLDER [PROOF]
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(what string) {
	fmt.Println("ALTERED ", what)
	os.Exit(5)
}

// open returns size and root of a checkpoint that one of the keys signed.
func open(data []byte, verifiers note.Verifiers) tlog.Tree {
	signed, err := note.Open(data, verifiers)
	check(err)
	lines := strings.Split(signed.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	hash, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: hash}
}

// path is that of x/mod without the height, which C2SP leaves out.
func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, h[index])
	}
	return found, nil
}

func main() {
	folder := os.Args[1]
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(folder, name))
		check(err)
		return data
	}
	var keys []note.Verifier
	for _, vkey := range strings.Fields(string(read("vkeys"))) {
		verifier, err := note.NewVerifier(vkey)
		check(err)
		keys = append(keys, verifier)
	}
	verifiers := note.VerifierList(keys...)
	tree := open(read("checkpoint"), verifiers)

	var all hashes
	for n := int64(0); n < tree.N; {
		width := int(min(256, tree.N-n))
		name := strings.Replace(path(tlog.Tile{H: 8, L: 0, N: n / 256, W: width}), "tile/0/", "tile/entries/", 1)
		rest := read(name)
		for ; len(rest) > 0; n++ {
			if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
				fail(name)
			}
			length := int(binary.BigEndian.Uint16(rest))
			more, err := tlog.StoredHashes(n, rest[2:2+length], all)
			check(err)
			all, rest = append(all, more...), rest[2+length:]
		}
	}
	root, err := tlog.TreeHash(tree.N, all)
	check(err)
	if root != tree.Hash {
		fail("the root is not that of the entries")
	}
	for _, tile := range tlog.NewTiles(8, 0, tree.N) {
		if int64(tile.W) < min(256, tree.N>>(8*tile.L)-256*tile.N) {
			continue // of a smaller tree
		}
		want, err := tlog.ReadTileData(tile, all)
		check(err)
		if !bytes.Equal(want, read(path(tile))) {
			fail(path(tile))
		}
	}
	fmt.Printf("good: %d entries, root %x\n", tree.N, root[:])
	if len(os.Args) > 2 {
		proof(os.Args[2], verifiers)
	}
}

func proof(file string, verifiers note.Verifiers) {
	data, err := os.ReadFile(file)
	check(err)
	head, signed, _ := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	check(err)
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	check(err)
	var steps tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		check(err)
		steps = append(steps, hash)
	}
	tree := open([]byte(signed), verifiers)
	check(tlog.CheckRecord(steps, tree.N, tree.Hash, index, tlog.RecordHash(entry)))
	fmt.Printf("good: entry %d\n", index)
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
