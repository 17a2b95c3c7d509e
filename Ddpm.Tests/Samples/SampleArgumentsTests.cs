using Ddpm.Samples;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples;

/// <summary>What is wrong with a command line is said in one line before any work is done.</summary>
public class SampleArgumentsTests
{
    private readonly TemporaryFolder folder = new();

    [OneTimeSetUp]
    public void MakeAModel()
    {
        using var diffusion = QuickStartRecipe.Model(CPU, seed: 0).Build();
        diffusion.Save(folder.File("model"));
        using var plain = new DiffusionBuilder().WithUNet(UNetOptions.Tiny).WithLinearSchedule(20).Build();
        plain.Save(folder.File("plain"));
        File.WriteAllText(folder.File("text"), "neither a picture nor weights");
    }

    [OneTimeTearDown]
    public void Clean() => folder.Dispose();

    // {model}: QuickStart's, with classes; {plain}: without; {text}: a file of text; {dir}: their folder.
    [TestCase("Train", "", "no folder ./cifar-10-batches-mat/")]
    [TestCase("Train", "--path nowhere", "nowhere")]
    [TestCase("Train", "--path <empty>", "--path")]
    [TestCase("Train", "--path nowhere --size 64", "--size would be ignored with --data_type cifar10")]
    [TestCase("Train", "--batchsize many", "many")]
    [TestCase("Train", "--data_type shapes --batchsize 0", "--batchsize must be a whole number in 1..2147483647, but is '0'")]
    [TestCase("Train", "--data_type shapes --batchsize 5000 --network tiny --size 16 --out {dir}/t", "A batch has 5000 images, but the data set has 4096")]
    [TestCase("Train", "--data_type shapes --batchsize 100000", "must fit into memory")]
    [TestCase("Train", "--data_type shapes --size 20", "multiples of 8")]
    [TestCase("Train", "--data_type shapes --size 0", "--size")]
    [TestCase("Train", "--data_type shapes --size 1000", "--size must be one edge in 8..400")]
    [TestCase("Train", "--data_type shapes --size 16x24", "16 x 24")]
    [TestCase("Train", "--data_type folder --path {dir} --size 20000", "must fit into memory")]
    [TestCase("Train", "--data_type shapes --size 99999999999", "--size")]
    [TestCase("Train", "--data_type shapes --device tpu", "tpu")]
    [TestCase("Train", "--data_type shapes --lazy --fit squash", "--lazy, --fit would be ignored with --data_type shapes")]
    [TestCase("Train", "--bad_files skip", "--bad_files would be ignored with --data_type cifar10")]
    [TestCase("Train", "--labels y", "--labels would be ignored with --data_type cifar10")]
    [TestCase("Train", "--data_type cifar100 --labels medium", "--labels must be fine or coarse with --data_type cifar100, but is 'medium'")]
    [TestCase("Train", "--data_type cifar100 --path {dir}", "lacks train.mat")]
    [TestCase("Train", "--data_type mnist --path {dir}", "lacks train-images-idx3-ubyte")]
    [TestCase("Train", "--data_type mnist --size 28", "--size would be ignored with --data_type mnist")]
    [TestCase("Train", "--data_type npz --path {dir}/none.npz", "no file")]
    [TestCase("Train", "--data_type zip --lazy", "--lazy would be ignored with --data_type zip")]
    [TestCase("Train", "--data_type shapes --cache {dir}/c", "--cache would be ignored with --data_type shapes")]
    [TestCase("Train", "--data_type folder --path {dir} --cache {dir}/c --lazy", "--lazy would be ignored with --cache")]
    [TestCase("Train", "--data_type folder --path {dir} --cache <empty>", "--cache must name a file")]
    [TestCase("Train", "--data_type folder --path {dir} --held_out 1", "--held_out must be a number in 0..0.9")]
    [TestCase("Train", "--data_type shapes --path {dir}", "--path would be ignored with --data_type shapes")]
    [TestCase("Train", "--data_type shapes --epoch 2000000000 --size 16 --network tiny --batchsize 8", "--epoch must make at most 2147483647 steps")]
    [TestCase("Train", "--data_type shapes --epoch 5 --steps 5", "--epoch would be ignored with --steps")]
    [TestCase("Train", "--data_type shapes --steps 0", "--steps")]
    [TestCase("Train", "--data_type shapes --every -1", "--every")]
    [TestCase("Train", "--data_type shapes --label_dropout 0.2", "--label_dropout would be ignored without --classes")]
    [TestCase("Train", "--data_type shapes --classes --label_dropout 2", "--label_dropout must be a number in 0..1")]
    [TestCase("Train", "--data_type shapes --classes false --label_dropout 0.2", "--label_dropout would be ignored")]
    [TestCase("Train", "--data_type shapes --schedule square", "square")]
    [TestCase("Train", "--data_type shapes --schedule laplace --beta_end 0.1", "--beta_end would be ignored with --schedule laplace")]
    [TestCase("Train", "--data_type shapes --beta_end 0,1", "--beta_end must be a number in 0..1")]
    [TestCase("Train", "--data_type shapes --zero_snr", "predicts v or x_0")]
    [TestCase("Train", "--data_type shapes --loss hinge", "hinge")]
    [TestCase("Train", "--data_type shapes --loss 7", "--loss must be one of L2")]
    [TestCase("Train", "--data_type shapes --prediction w", "--prediction")]
    [TestCase("Train", "--data_type shapes --offset_noise Infinity", "--offset_noise")]
    [TestCase("Train", "--data_type shapes --size 16 --network tiny --loss VariationalBound --weighting p2 --out {dir}/t", "without weights")]
    [TestCase("Train", "--data_type shapes --step_sampling best", "best")]
    [TestCase("Train", "--data_type shapes --out {text}", "is a file")]
    [TestCase("Train", "--data_type shapes --out {text}/below/it", "is a file")]
    [TestCase("Train", "--data_type shapes --out <empty>", "--out must name a folder")]
    [TestCase("ForwardProcess", "--t 5,1000", "0..999")]
    [TestCase("ForwardProcess", "--t 5,20 --timesteps 20", "0..19")]
    [TestCase("ForwardProcess", "--t five", "five")]
    [TestCase("ForwardProcess", "--t -5", "-5")]
    [TestCase("ForwardProcess", "--size 12x", "12x")]
    [TestCase("ForwardProcess", "--size 0", "--size")]
    [TestCase("ForwardProcess", "--size 20000", "at most 100000000 pixels")]
    [TestCase("ForwardProcess", "--img_path nothing.png", "nothing.png")]
    [TestCase("ForwardProcess", "--img_path {dir}", "a folder")]
    [TestCase("ForwardProcess", "--img_path {text}", "is none, or is damaged")]
    [TestCase("ForwardProcess", "--beta_start 2", "--beta_start must be a number in 0..1")]
    [TestCase("ForwardProcess", "--beta_start NaN", "--beta_start")]
    [TestCase("ForwardProcess", "--beta_start 0", "0 < first <= last < 1")]
    [TestCase("ForwardProcess", "--beta_start 0.5 --beta_end 0.1", "0 < first <= last < 1")]
    [TestCase("ForwardProcess", "--beta_start 0.01 --schedule cosine", "--beta_start would be ignored with --schedule cosine")]
    [TestCase("ForwardProcess", "--timesteps 0", "--timesteps")]
    [TestCase("ForwardProcess", "--timesteps 99999999999", "--timesteps")]
    [TestCase("ForwardProcess", "--seed -1", "--seed must be a whole number in 0..18446744073709551615, but is '-1'")]
    [TestCase("ForwardProcess", "--seed 18446744073709551616", "--seed")]
    [TestCase("ForwardProcess", "--out x.jpg", "--out must end with .png, but is 'x.jpg'")]
    [TestCase("ForwardProcess", "--out {dir}", "--out must end with .png")]
    [TestCase("ForwardProcess", "--out {text}/x.png", "is a file")]
    [TestCase("ForwardProcess", "--out <empty>", "--out must name a .png file")]
    [TestCase("ReverseProcess", "", "--weights")]
    [TestCase("ReverseProcess", "--weights missing.safetensors", "missing.safetensors")]
    [TestCase("ReverseProcess", "--weights <empty>", "--weights")]
    [TestCase("ReverseProcess", "--weights {text}", "neither a safetensors nor a PyTorch file")]
    [TestCase("ReverseProcess", "--weights {dir}", "has neither")]
    [TestCase("ReverseProcess", "--weights {model} --rows 0", "--rows must be a whole number in 1..64")]
    [TestCase("ReverseProcess", "--weights {model} --rows 65", "--rows")]
    [TestCase("ReverseProcess", "--weights {model} --rows 2 --labels 0,1", "--rows would be ignored with --labels")]
    [TestCase("ReverseProcess", "--weights {model} --data_type cifar10", "cifar10 has no images of 3 x 16 x 16")]
    [TestCase("ReverseProcess", "--weights {model} --timesteps 100 --beta_start 0.1", "--timesteps, --beta_start would be ignored with a folder")]
    [TestCase("ReverseProcess", "--weights {model} --zero_snr", "--zero_snr would be ignored with a folder")]
    [TestCase("Interpolate", "--weights missing", "missing")]
    [TestCase("Interpolate", "--weights {model} --mode round", "round")]
    [TestCase("Interpolate", "--weights {model} --interp_steps 1000", "--interp_steps must be in 0..999")]
    [TestCase("Interpolate", "--weights {model} --interp_steps -1", "--interp_steps")]
    [TestCase("Interpolate", "--weights {model} --img2_path {dir}", "--img2_path")]
    [TestCase("Interpolate", "--weights {model} --schedule cosine", "--schedule would be ignored with a folder")]
    [TestCase("Inpaint", "--weights missing", "missing")]
    [TestCase("Inpaint", "--weights {model} --hole 1,2,3", "--hole must be four numbers")]
    [TestCase("Inpaint", "--weights {model} --hole 10,0,10,4", "--hole must be four numbers")]
    [TestCase("Inpaint", "--weights {model} --hole 0,0,2147483647,1", "--hole must be four numbers")]
    [TestCase("Inpaint", "--weights {model} --hole 0,0,0,4", "--hole must be four numbers")]
    [TestCase("Inpaint", "--weights {model} --count 0", "--count")]
    [TestCase("Inpaint", "--weights {model} --count 1000000", "--count must make a picture")]
    [TestCase("Inpaint", "--weights {model} --jump_length 0", "--jump_length")]
    [TestCase("Inpaint", "--weights {model} --resamplings 0", "--resamplings")]
    [TestCase("Inpaint", "--weights {model} --resamplings 1 --jump_length 4", "--jump_length would be ignored with --resamplings 1")]
    [TestCase("Inpaint", "--heads 4", "--heads would be ignored without --weights")]
    [TestCase("Sample", "--weights missing", "missing")]
    [TestCase("Sample", "--weights {model} --sampler best", "best")]
    [TestCase("Sample", "--weights {model} --columns 0", "--columns must be a whole number in 1..2147483647, but is '0'")]
    [TestCase("Sample", "--weights {model} --count 100000000", "--count and --columns must make a picture of at most 100000000 pixels")]
    [TestCase("Sample", "--weights {model} --count 2147483647 --columns 2147483647", "--count and --columns")]
    [TestCase("Sample", "--weights {model} --count 1,5", "1,5")]
    [TestCase("Sample", "--weights {model} --batchsize 0", "--batchsize")]
    [TestCase("Sample", "--weights {model} --labels 0,1 --count 2", "--count would be ignored with --labels")]
    [TestCase("Sample", "--weights {model} --labels 0,12", "0..11")]
    [TestCase("Sample", "--weights {plain} --labels 0", "no classes")]
    [TestCase("Sample", "--weights {model} --guidance 2", "--guidance would be ignored without --labels")]
    [TestCase("Sample", "--weights {model} --labels 0 --guidance_interval 1,2", "--guidance_interval would be ignored without --guidance")]
    [TestCase("Sample", "--weights {model} --labels 0 --guidance 2 --guidance_interval 5", "two numbers with a comma between them")]
    [TestCase("Sample", "--weights {model} --labels 0 --guidance 2 --guidance_interval 5,2", "the lower one first")]
    [TestCase("Sample", "--weights {model} --labels 0 --guidance 2,5", "--guidance must be a number")]
    [TestCase("Sample", "--weights {model} --sample_steps 0", "--sample_steps")]
    [TestCase("Sample", "--weights {model} --sample_steps 1001", "0..999")]
    [TestCase("Sample", "--weights {model} --norm_eps 1e-5", "--norm_eps would be ignored with a folder")]
    [TestCase("Sample", "--weights {model} --network tiny --key a --groups 8", "--network, --key, --groups would be ignored with a folder")]
    [TestCase("Sample", "--weights {model} --size 32 --variant fp16", "--variant, --size would be ignored with a folder")]
    [TestCase("Sample", "--weights {model}/model.safetensors --variant fp16", "--variant would be ignored with a file")]
    [TestCase("Sample", "--weights {model}/model.safetensors --network tiny --groups 8", "--groups would be ignored with --network")]
    [TestCase("Sample", "--weights {model}/model.safetensors --heads 2 --head_width 8", "--heads would be ignored with --head_width")]
    [TestCase("Sample", "--weights {model} --device cuda:x", "--device must be cpu, cuda or cuda:N, but is 'cuda:x'")]
    [TestCase("Sample", "--weights {model} --device cuda:99999999999", "--device")]
    [TestCase("Sample", "--weights {model} --device cuda:99", "cuda:99")]
    [TestCase("Sample", "--weights {model} --shard 1/2 --format png --merge", "--shard, --format, --merge would be ignored without --set")]
    [TestCase("Sample", "--weights {model} --set {dir}/s --columns 2 --out x.png", "--columns, --out would be ignored with --set")]
    [TestCase("Sample", "--weights {model} --set {dir}/s --labels 1", "--labels would be ignored with --set")]
    [TestCase("Sample", "--weights {plain} --set {dir}/s --guidance 2", "--guidance would be ignored with a model that has no classes")]
    [TestCase("Sample", "--weights {model} --set {dir}/s --guidance_interval 1,2", "--guidance_interval would be ignored without --guidance")]
    [TestCase("Sample", "--weights {model} --set {dir}/s --shard 3/2", "--shard must be K/N with K in 1..N")]
    [TestCase("Sample", "--weights {model} --set {dir}/s --shard kubernetes/2", "--shard kubernetes/2 needs the variables of an indexed Job")]
    [TestCase("Sample", "--weights {model} --set {dir}/s --format gif", "--format must be one of npz, png")]
    [TestCase("Sample", "--weights {model} --set <empty>", "--set must name a folder")]
    [TestCase("Sample", "--weights {model} --set {text}", "--set must be a place that can be written")]
    [TestCase("Sample", "--weights missing --set {dir}/s", "missing")]
    [TestCase("Sample", "--set {dir}/s", "--weights must name a saved model's folder")]
    [TestCase("Sample", "--set {dir}/s --merge --weights {model} --timesteps 5", "--weights, --timesteps would be ignored with --merge")]
    [TestCase("Sample", "--set {dir}/s --merge --shard 1/2 --count 3 --seed 1", "--shard, --count, --seed would be ignored with --merge")]
    [TestCase("Sample", "--set {dir}/s --merge", "no shard of a set was begun there")]
    [TestCase("Convert", "", "command")]
    [TestCase("Convert", "list {text}", "neither")]
    [TestCase("Convert", "list {dir}", "{dir}")]
    [TestCase("Convert", "verify nowhere --expected nothing", "nowhere")]
    [TestCase("Convert", "verify {model} --expected {text}", "neither")]
    [TestCase("Convert", "verify {model} --expected {model}/model.safetensors", "has no x")]
    [TestCase("Convert", "verify {model} --expected x --tolerance -1", "--tolerance")]
    [TestCase("Convert", "convert nowhere {dir}/o", "nowhere")]
    [TestCase("Convert", "convert {model} {text}", "destination must be a place that can be written")]
    [TestCase("Convert", "convert {model} {dir}/o --heads 4", "--heads would be ignored with a folder")]
    [TestCase("Convert", "convert a b --to zip", "zip")]
    [TestCase("Gallery", "--weights missing", "missing")]
    [TestCase("Gallery", "--samplers dimm", "dimm")]
    [TestCase("Gallery", "--samplers", "--samplers")]
    [TestCase("Gallery", "--steps 5,ten", "5,ten")]
    [TestCase("Gallery", "--steps 5,0", "--steps")]
    [TestCase("Gallery", "--images 0", "--images")]
    [TestCase("Gallery", "--weights {model} --images 100000", "--images")]
    [TestCase("Gallery", "--weights {model} --scale 100", "--scale")]
    [TestCase("Gallery", "--weights {model} --train_steps 5", "--train_steps would be ignored with a model")]
    [TestCase("Gallery", "--weights {plain} --guidance 2", "--guidance would be ignored with a model that has no classes")]
    [TestCase("Gallery", "--network tiny", "--network would be ignored without --weights")]
    [TestCase("Frontier", "--weights missing", "missing")]
    [TestCase("Frontier", "--weights {model} --samplers dimm", "dimm")]
    [TestCase("Frontier", "--weights {model} --steps 5,0", "--steps")]
    [TestCase("Frontier", "--weights {model} --steps 100000", "Steps must fall")]
    [TestCase("Frontier", "--weights {model} --precision half", "half")]
    [TestCase("Frontier", "--weights {model} --turns 0", "--turns")]
    [TestCase("Frontier", "--weights {model} --images 1000000000", "--images")]
    [TestCase("QuickStart", "--steps 0", "--steps")]
    [TestCase("QuickStart", "--surprise", "--surprise")]
    [TestCase("CustomParts", "--out x.jpeg", "x.jpeg")]
    [TestCase("WebStudio", "--weights nowhere", "There is no model nowhere; samples/QuickStart (ddpm quickstart) writes one to out/quickstart/model.")]
    [TestCase("WebStudio", "--weights {dir}", "must be a saved diffusion")]
    [TestCase("WebStudio", "--weights {text}", "text")]
    [TestCase("WebStudio", "--weights a={model} --weights a={plain}", "there are 2 'a'")]
    [TestCase("WebStudio", "--weights <empty>", "--weights must be a path, or name=path")]
    [TestCase("WebStudio", "--urls https://localhost:1", "--urls must be as http://127.0.0.1:5080")]
    [TestCase("WebStudio", "--urls 5080", "--urls must be as")]
    [TestCase("WebStudio", "--host studio:80", "--host must be a name without a port")]
    [TestCase("WebStudio", "--rate 0", "--rate must be a whole number in 1..")]
    [TestCase("WebStudio", "--telemetry file", "--telemetry must be one of none, console, otlp")]
    public void WrongInput_GivesOneLineAndExitCode1(string sample, string arguments, string named)
    {
        var (code, output, error) = SampleProgram.Call(sample, Filled(arguments).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word == "<empty>" ? "" : word));
        Assert.That(code, Is.EqualTo(1), output + error);
        Assert.That(error, Does.StartWith("error: ").And.Contain(Filled(named)).And.Not.Contain("   at "));
        Assert.That(error.IndexOf('\n', StringComparison.Ordinal), Is.EqualTo(error.Length - 1), error);
        Assert.That(output, Does.Not.Contain(" left"));         // nothing was begun
    }

    [Test]
    public void WrongInput_OfAProcess_GivesOneLineAndExitCode1()
    {
        var (code, output, error) = SampleProgram.Run("Sample", "--weights", folder.File("model"), "--columns", "0");
        Assert.That((code, output, error), Is.EqualTo((1, "",
            "error: --columns must be a whole number in 1..2147483647, but is '0'. Try --help.\n")));
    }

    [Test]
    public void DeviceWithoutAGpu_IsRefusedBeforeTheModelIsRead()
    {
        if (cuda.is_available())
            Assert.Ignore("A CUDA device is here.");
        var (code, _, error) = SampleProgram.Call("Sample", "--weights", "nowhere", "--device", "cuda");
        Assert.That((code, error), Is.EqualTo((1,
            "error: --device must be there, but cuda:0 is not: no CUDA device is available. "
            + "Build with -p:TorchBackend=cuda on a machine that has one. Try --help.\n")));
    }

    private string Filled(string text) => text
        .Replace("{model}", folder.File("model"), StringComparison.Ordinal)
        .Replace("{plain}", folder.File("plain"), StringComparison.Ordinal)
        .Replace("{text}", folder.File("text"), StringComparison.Ordinal)
        .Replace("{dir}", folder.Path, StringComparison.Ordinal);
}
