// Tells where HashiCorp's own parsers see each block of a stack: `go run . STACK...` prints {stack: {address: "file:line"}} as JSON.
// Resources and data sources come from terraform-config-inspect, the rest from hcl itself. A second source for src/source/.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-config-inspect/tfconfig"
)

type manifest struct {
	Modules []struct{ Key, Dir string }
}

func main() {
	all := map[string]map[string]string{}
	for _, stack := range os.Args[1:] {
		found := map[string]string{}
		walk(stack, ".", "", nil, readManifest(stack), found)
		all[stack] = found
	}
	for _, copied := range copies {
		os.RemoveAll(copied)
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

func readManifest(stack string) map[string]string {
	dirs := map[string]string{}
	text, err := os.ReadFile(filepath.Join(stack, ".terraform/modules/modules.json"))
	if err != nil {
		return dirs
	}
	var read manifest
	if err := json.Unmarshal(text, &read); err != nil {
		panic(err)
	}
	for _, module := range read.Modules {
		dirs[module.Key] = module.Dir
	}
	return dirs
}

func walk(stack, dir, prefix string, keys []string, dirs map[string]string, found map[string]string) {
	folder := filepath.Join(stack, dir)
	module, diags := tfconfig.LoadModule(withoutOverrides(folder))
	if diags.HasErrors() {
		fmt.Fprintln(os.Stderr, stack, dir, diags)
	}
	note := func(address, file string, line int) {
		found[prefix+address] = fmt.Sprintf("%s:%d", path.Join(dir, filepath.Base(file)), line)
	}
	for _, resource := range module.ManagedResources {
		note(resource.Type+"."+resource.Name, resource.Pos.Filename, resource.Pos.Line)
	}
	for _, resource := range module.DataResources {
		note("data."+resource.Type+"."+resource.Name, resource.Pos.Filename, resource.Pos.Line)
	}
	others(folder, note)
	names := []string{}
	for name := range module.ModuleCalls {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		call := module.ModuleCalls[name]
		inner := append(append([]string{}, keys...), name)
		place, ok := dirs[strings.Join(inner, ".")]
		if strings.HasPrefix(call.Source, "./") || strings.HasPrefix(call.Source, "../") {
			place, ok = path.Join(dir, call.Source), true
		}
		if ok {
			walk(stack, place, prefix+"module."+name+".", inner, dirs, found)
		}
	}
}

// A block stands where it is declared, and not where it is overridden; terraform-config-inspect tells the last place it saw.
func withoutOverrides(folder string) string {
	copied, err := os.MkdirTemp("", "oracle")
	if err != nil {
		panic(err)
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, file := range files {
		base := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".json"), ".tf")
		if base == "override" || strings.HasSuffix(base, "_override") {
			continue
		}
		if text, err := os.ReadFile(file); err == nil {
			if err := os.WriteFile(filepath.Join(copied, filepath.Base(file)), text, 0o600); err != nil {
				panic(err)
			}
		}
	}
	copies = append(copies, copied)
	return copied
}

var copies []string

// Blocks that terraform-config-inspect does not know.
func others(folder string, note func(string, string, int)) {
	files, _ := filepath.Glob(filepath.Join(folder, "*.tf"))
	for _, file := range files {
		parsed, diags := hclparse.NewParser().ParseHCLFile(file)
		if diags.HasErrors() {
			continue
		}
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			line := block.DefRange().Start.Line
			switch block.Type {
			case "action", "ephemeral":
				note(block.Type+"."+strings.Join(block.Labels, "."), file, line)
			case "removed":
				from, _ := hcl.AbsTraversalForExpr(block.Body.Attributes["from"].Expr)
				note("removed "+spelled(from), file, line)
			}
		}
	}
}

func spelled(traversal hcl.Traversal) string {
	steps := []string{}
	for _, step := range traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			steps = append(steps, step.Name)
		case hcl.TraverseAttr:
			steps = append(steps, step.Name)
		}
	}
	return strings.Join(steps, ".")
}
