using System.Collections.Frozen;

namespace Ddpm.Formats;

/// <summary>
/// The few names that weights need: containers, element types, storages and the makers of tensors. Every other name is kept as a name only.
/// </summary>
internal sealed class PytorchObjects(FileCursor input, bool legacy) : IPickleObjects
{
    private const int MaxDimensions = 64, MaxSizes = 1_000_000, MaxKey = 20, MaxOtherNames = 10_000;

    private static readonly FrozenDictionary<string, object> Globals = NewGlobals();

    private readonly Dictionary<string, PytorchStorage> storages = new(StringComparer.Ordinal);

    // By the tuple itself: a pickle can hand one to any number of tensors.
    private readonly Dictionary<object, long[]> extents = new(ReferenceEqualityComparer.Instance);
    private readonly OrderedDictionary<string, PickleOpaque> others = new(StringComparer.Ordinal);
    private int sizesSoFar;

    private enum Function
    {
        OrderedDict,
        Set,
        Size,
        Device,
        TensorV2,
        TensorV3,
        Parameter,
        ParameterWithState,
        FromType,
    }

    /// <summary>All that the pickle speaks of, by key.</summary>
    internal IReadOnlyDictionary<string, PytorchStorage> Storages => storages;

    /// <summary>The names that are not known, in the order of their first mention.</summary>
    internal IReadOnlyList<string> Others => others.Keys;

    public object Global(string module, string name)
    {
        if (Globals.TryGetValue($"{module} {name}", out var known))
            return known;
        var full = $"{module}.{name}";
        // Left out, such a tensor would be missed by nobody.
        if (module is "torch._utils" or "torch._tensor" && name.StartsWith("_rebuild", StringComparison.Ordinal))
            throw input.Refuse($"{Quote.Of(full)} makes a tensor of a kind that is not read");
        if (others.TryGetValue(full, out var opaque))
            return opaque;
        if (others.Count == MaxOtherNames)
            throw input.Refuse($"a pickle may name at most {MaxOtherNames} things that are not known");
        others.Add(full, opaque = new PickleOpaque(full));
        return opaque;
    }

    public object Call(object function, object[] arguments) => (function, arguments) switch
    {
        (Function.OrderedDict, []) => new PickleDictionary(ordered: true),
        (Function.OrderedDict, [List<object> pairs]) => OrderedDict(pairs),
        (Function.Set, [List<object> items]) => Set(items),
        (Function.Size, [object[] { Length: <= MaxDimensions } sizes]) => Size(sizes),
        (Function.Device, [string name]) => name,
        (Function.Device, [string name, long and >= 0]) => name,
        (Function.TensorV2,
            [PytorchStorage { Store.Type: { } type } storage, var offset, object[] sizes, object[] strides, bool, var hooks, .. var notes])
            when notes.Length <= 1 => Tensor(storage, type, offset, sizes, strides, hooks, notes),
        (Function.TensorV3,
            [PytorchStorage { Store.Type: null } storage, var offset, object[] sizes, object[] strides, bool, var hooks, PytorchType type,
                .. var notes])
            when notes.Length <= 1 => Tensor(storage, type, offset, sizes, strides, hooks, notes),
        (Function.Parameter, [PytorchTensor tensor, bool, PickleDictionary { Ordered: true, Items.Count: 0 }]) => tensor,
        (Function.ParameterWithState, [PytorchTensor tensor, bool, PickleDictionary { Ordered: true, Items.Count: 0 }, _]) => tensor,
        // A tensor of a class of its own, or with attributes: (maker, class, arguments, attributes).
        (Function.FromType, [(Function.TensorV2 or Function.TensorV3 or Function.Parameter) and var maker, _, object[] made, _]) => Call(maker, made),
        (Function named, _) when arguments.OfType<PickleOpaque>().FirstOrDefault() is { } other =>
            throw input.Refuse($"{named} needs {Quote.Of(other.Name)}, which is not known here"),
        (Function named, _) => throw input.Refuse($"{named} may not be called with these {arguments.Length} arguments"),
        _ => throw input.Refuse("only functions may be called"),
    };

    /// <summary>A storage: ('storage', class, key, place, count), in the older format with a None more. The place (cuda:0) does not matter.</summary>
    public object Persistent(object id)
    {
        // The older format notes the source text of a module's class beside it.
        if (legacy && id is object[] and ["module", PickleOpaque type, ..])
            return type;
        if (id is object[] and ["storage", PickleOpaque other, ..])
            throw input.Refuse($"storages of {Quote.Of(other.Name)} are not read");
        if (id is not object[] parts || parts.Length != (legacy ? 6 : 5) || (legacy && parts[5] is not PickleNone)
            || parts is not ["storage", PytorchType.Store store, string key, string, ..])
            throw input.Refuse("a persistent identifier must be that of a storage");
        if (key.Length is 0 or > MaxKey || key.AsSpan().ContainsAnyExceptInRange('0', '9'))
            throw input.Refuse($"the key of a storage must be 1 to {MaxKey} digits, but is {Quote.Of(key)}");
        var count = Integer(parts[4], "a storage's count");
        if (count > long.MaxValue / store.Size)
            throw input.Refuse($"storage {key} may not have {count} values");
        if (!storages.TryGetValue(key, out var storage))
            storages.Add(key, storage = new PytorchStorage(key, store, count));
        if (storage.Store != store || storage.Count != count)
            throw input.Refuse($"storage {key} must have the same type and count wherever it occurs");
        return storage;
    }

    private PickleDictionary OrderedDict(List<object> pairs)
    {
        var dictionary = new PickleDictionary(ordered: true);
        foreach (var pair in pairs)
        {
            object[] parts = pair switch
            {
                object[] tuple => tuple,
                List<object> { Count: 2 } list => [.. list],
                _ => [],
            };
            if (parts is not [var key, var value])
                throw input.Refuse("an OrderedDict is made of pairs");
            PickleMachine.Add(input, dictionary, key, value);
        }
        return dictionary;
    }

    private object[] Size(object[] sizes)
    {
        foreach (var size in sizes)
            Integer(size, "a size");
        return sizes;
    }

    private HashSet<object> Set(List<object> items)
    {
        var set = new HashSet<object>(PickleKeys.Comparer);
        foreach (var item in items)
            if (!PickleKeys.HasNoName(item) && (!PickleKeys.Allows(item) || !set.Add(item)))
                throw input.Refuse("the items of a set must be text, numbers, truth values, None or tuples, each once");
        return set;
    }

    private PytorchTensor Tensor(
        PytorchStorage storage, PytorchType type, object first, object[] sizesOf, object[] stridesOf, object hooks, object[] notes)
    {
        if (hooks is not PickleDictionary { Ordered: true, Items.Count: 0 })
            throw input.Refuse("a tensor's hooks must be an empty OrderedDict");
        if (notes is not ([] or [PickleNone or PickleDictionary { Items.Count: 0 }]))
            throw input.Refuse("a tensor's notes must be empty");
        if (sizesOf.Length > MaxDimensions || sizesOf.Length != stridesOf.Length)
            throw input.Refuse(
                $"a tensor has at most {MaxDimensions} sizes and as many strides, but this has {sizesOf.Length} and {stridesOf.Length}");
        sizesSoFar += sizesOf.Length;
        if (sizesSoFar > MaxSizes)
            throw input.Refuse($"all tensors together may have at most {MaxSizes} sizes");
        var offset = Integer(first, "a tensor's offset");
        var (sizes, strides) = (Extent(sizesOf, "a size"), Extent(stridesOf, "a stride"));
        if (Extents.Product(sizes) is not { } count || count > long.MaxValue / type.Size)
            throw input.Refuse($"a tensor of [{string.Join(", ", sizes)}] is too large");
        var held = storage.Bytes / type.Size;
        var last = (Int128)offset;
        for (var i = 0; i < sizes.Length && count > 0 && last < held; i++)
            last += (Int128)(sizes[i] - 1) * strides[i];
        if (count > 0 ? last >= held : offset > held)
            throw input.Refuse($"a tensor of [{string.Join(", ", sizes)}] reaches value {last} of storage {storage.Key}, which has {held}");
        return new PytorchTensor(storage, type, offset, sizes, strides, count);
    }

    private long[] Extent(object[] tuple, string what)
    {
        if (!extents.TryGetValue(tuple, out var numbers))
            extents.Add(tuple, numbers = [.. tuple.Select(value => Integer(value, what))]);
        return numbers;
    }

    private long Integer(object value, string what) =>
        value is long and >= 0 and var number
            ? number
            : throw input.Refuse($"{what} must be an integer from 0 to 2^63-1, but is {Quote.Of($"{value}")}");

    private static FrozenDictionary<string, object> NewGlobals()
    {
        var globals = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["collections OrderedDict"] = Function.OrderedDict,
            ["__builtin__ set"] = Function.Set,
            ["torch Size"] = Function.Size,
            ["torch device"] = Function.Device,
            ["torch._utils _rebuild_tensor_v2"] = Function.TensorV2,
            ["torch._utils _rebuild_tensor_v3"] = Function.TensorV3,
            ["torch._utils _rebuild_parameter"] = Function.Parameter,
            ["torch._utils _rebuild_parameter_with_state"] = Function.ParameterWithState,
            ["torch._tensor _rebuild_from_type_v2"] = Function.FromType,
            ["torch.storage UntypedStorage"] = new PytorchType.Store(null),
        };
        foreach (var type in PytorchType.ByName.Values)
        {
            globals.Add($"torch {type.Name}", type);
            if (type.Storage is not null)
                globals.Add($"torch {type.Storage}", new PytorchType.Store(type));
        }
        return globals.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
